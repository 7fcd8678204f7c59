using Orchestrator.E2E.Tests;

namespace Orchestrator.E2E.Crashes;

/// <summary>
/// A real file system (ext4) on a loop device whose blocks lie in memory, so that it can be filled up and its power can go. Needs root;
/// nothing of it is left at the end.
/// </summary>
internal sealed class LoopDisk : IDisposable
{
    private const int SizeBytes = 96 << 20;

    private readonly string store;
    private string device = "";

    public LoopDisk(string directory)
    {
        store = System.IO.Path.Combine(directory, "blocks");
        Path = System.IO.Path.Combine(directory, "disk");
        Directory.CreateDirectory(store);
        Directory.CreateDirectory(Path);
        // Room for two images: one is copied when the power goes.
        Run("mount", "-t", "tmpfs", "-o", $"size={2 * SizeBytes}", "orc-test-blocks", store);
        Run("truncate", "-s", $"{SizeBytes}", Image);
        Run("mkfs.ext4", "-q", "-F", Image);
        Mount();
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    private string Image => System.IO.Path.Combine(store, "image");

    private string Remains => System.IO.Path.Combine(store, "remains");

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>No room is left in the file system.</summary>
    public void Fill()
    {
        // What is left goes while others write, so it is taken bit by bit.
        for (var bytes = new DriveInfo(Path).AvailableFreeSpace; bytes >= 4096; bytes /= 2)
            Command.Run("fallocate", ["-l", $"{(File.Exists(Filler) ? new FileInfo(Filler).Length : 0) + bytes}", Filler]);
    }

    public void MakeRoom() => File.Delete(Filler);

    /// <summary>
    /// What the device holds at this moment is all that is left; what the kernel still kept in memory is gone. Whoever writes must be
    /// stopped before, and ended before <see cref="PowerOn"/>.
    /// </summary>
    public void CutPower()
    {
        // Writeback may be under way: a copy across it would be of no moment at all.
        string before;
        do
        {
            before = Writes();
            Run("cp", "--sparse=always", Image, Remains);
        }
        while (Writes() != before);
    }

    public void PowerOn()
    {
        Unmount();
        File.Move(Remains, Image, overwrite: true);
        Mount();
    }

    /// <summary>As after a reboot: what lies only in the kernel's memory is read again from the device.</summary>
    public void Remount()
    {
        Unmount();
        Mount();
    }

    public void Dispose()
    {
        Unmount();
        Run("umount", store);
    }

    private void Mount()
    {
        device = Run("losetup", "--find", "--show", Image).Output.Trim();
        // 1: errors were there and have been corrected.
        Assert.That(Command.Run("e2fsck", ["-p", device]).ExitCode, Is.LessThanOrEqualTo(1));
        Run("mount", device, Path);
    }

    private void Unmount()
    {
        Run("umount", Path);
        Run("losetup", "--detach", device);
    }

    /// <summary>Writes so far and those under way.</summary>
    private string Writes()
    {
        var fields = File.ReadAllText($"/sys/block/{System.IO.Path.GetFileName(device)}/stat").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return $"{fields[4]} {fields[8]}";
    }

    private static CommandResult Run(string program, params string[] arguments) => Command.Run(program, arguments).Succeeded();
}
