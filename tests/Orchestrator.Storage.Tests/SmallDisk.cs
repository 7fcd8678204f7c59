using System.Diagnostics;

namespace Orchestrator.Storage.Tests;

/// <summary>A mounted file system of a few megabytes; needs root. Unmounted at the end.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk(string path, int sizeBytes)
    {
        Path = path;
        Directory.CreateDirectory(path);
        Run("mount", "-t", "tmpfs", "-o", $"size={sizeBytes}", "orchestrator-test", path);
    }

    public string Path { get; }

    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", Path);

    public void MakeWritable() => Run("mount", "-o", "remount,rw", Path);

    public void Dispose() => Run("umount", Path);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
    }
}
