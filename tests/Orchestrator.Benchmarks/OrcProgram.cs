using System.Diagnostics;

namespace Orchestrator.Benchmarks;

/// <summary>The built orc, with a data directory of its own that is gone afterwards.</summary>
internal sealed class OrcProgram : IDisposable
{
    private readonly string program;

    public OrcProgram(string program)
    {
        this.program = program;
        if (!File.Exists(program))
            throw new FileNotFoundException($"{program} is missing: run 'make build'");
        Directory.CreateDirectory(WorkDirectory);
        var image = Path.Combine(Path.GetDirectoryName(program)!, "demo-image.tar");
        Run("image", "load", "--data-dir", DataDirectory, image);
    }

    public string Program => program;

    public string WorkDirectory { get; } = Path.Combine(Path.GetTempPath(), $"orc-bench-{Environment.ProcessId}");

    public string DataDirectory => Path.Combine(WorkDirectory, "data");

    public string Kubeconfig => Path.Combine(WorkDirectory, "kubeconfig");

    public const string Lab = "bench";

    /// <returns>What it said on the way: lines "SECONDS s  WHAT".</returns>
    public string Up(int nodes) => RunBoth("up", "--name", Lab, "--nodes", $"{nodes}", "--data-dir", DataDirectory, "--kubeconfig", Kubeconfig).Error;

    public void Down(bool purge = false)
    {
        string[] arguments = ["down", "--name", Lab, "--data-dir", DataDirectory];
        Run(purge ? [.. arguments, "--purge"] : arguments);
    }

    public string Run(params string[] arguments) => RunBoth(arguments).Output;

    private (string Output, string Error) RunBoth(params string[] arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? (output, error.Result)
            : throw new InvalidOperationException($"orc {string.Join(' ', arguments)} failed: {output} {error.Result}");
    }

    public Process Start(params string[] arguments)
    {
        var info = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
            info.ArgumentList.Add(argument);
        return Process.Start(info)!;
    }

    public void Dispose()
    {
        Down(purge: true);
        Directory.Delete(WorkDirectory, recursive: true);
    }
}
