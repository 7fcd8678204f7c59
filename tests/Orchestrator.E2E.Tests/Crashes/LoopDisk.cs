using Orchestrator.E2E.Tests;

namespace Orchestrator.E2E.Crashes;

/// <summary>
/// A real file system (ext4) on a loop device whose blocks lie in memory, so that it can be filled up, its power can go, and its
/// device can fail: a block is taken from memory when it is first written, and when none is left that write is an I/O error. Needs
/// root; nothing of it is left at the end.
/// </summary>
internal sealed class LoopDisk : IDisposable
{
    private const int Megabyte = 1 << 20;

    /// <summary>That of the file system, and a page of memory.</summary>
    private const int BlockBytes = 4096;

    /// <summary>Blocks that can be written, in all: two images of what the tests write, since one is copied when the power goes.</summary>
    private const int StoreBytes = 192 * Megabyte;

    private readonly string store;
    private string device = "";
    private string requestLimit = "";
    private bool isMounted;

    /// <param name="bytes">What the file system has room for; most of it is never written.</param>
    public LoopDisk(string directory, long bytes = 96 * Megabyte)
    {
        store = System.IO.Path.Combine(directory, "blocks");
        Path = System.IO.Path.Combine(directory, "disk");
        Directory.CreateDirectory(store);
        Directory.CreateDirectory(Path);
        Run("mount", "-t", "tmpfs", "-o", $"size={StoreBytes}", "orc-test-blocks", store);
        try
        {
            Run("truncate", "-s", $"{bytes}", Image);
            Run("mkfs.ext4", "-q", "-F", "-b", $"{BlockBytes}", Image);
            Mount();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    private string Image => System.IO.Path.Combine(store, "image");

    private string RequestLimitFile => $"/sys/block/{System.IO.Path.GetFileName(device)}/queue/max_sectors_kb";

    private string Remains => System.IO.Path.Combine(store, "remains");

    private string Filler => System.IO.Path.Combine(Path, "filler");

    private string Hoard => System.IO.Path.Combine(store, "hoard");

    /// <summary>No room is left in the file system.</summary>
    public void Fill() => FillUp(Path, Filler);

    public void MakeRoom() => File.Delete(Filler);

    /// <summary>From now on it is an I/O error to write a block for the first time. Others can be written, and all can be read.</summary>
    public void Break() => FillUp(store, Hoard);

    /// <summary>As after a reboot, of a machine whose disk is well again. Whatever used it has ended.</summary>
    public void Repair()
    {
        Unmount();
        File.Delete(Hoard);
        Mount();
    }

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
        // A request that fails in its middle is a success to the loop device, and data would be lost in silence. So each is one block.
        requestLimit = File.ReadAllText(RequestLimitFile).Trim();
        File.WriteAllText(RequestLimitFile, $"{BlockBytes / 1024}");
        // 1: errors were there and have been corrected.
        var check = Command.Run("e2fsck", ["-p", device]);
        Assert.That(check.ExitCode, Is.LessThanOrEqualTo(1), check.Output + check.Error);
        Run("mount", device, Path);
        isMounted = true;
    }

    private void Unmount()
    {
        if (isMounted)
            Run("umount", Path);
        isMounted = false;
        if (device.Length == 0)
            return;
        File.WriteAllText(RequestLimitFile, requestLimit);
        Run("losetup", "--detach", device);
        device = "";
    }

    // What is left goes while others write, so it is taken bit by bit.
    private static void FillUp(string directory, string filler)
    {
        for (var bytes = new DriveInfo(directory).AvailableFreeSpace; bytes >= BlockBytes; bytes /= 2)
            Command.Run("fallocate", ["-l", $"{(File.Exists(filler) ? new FileInfo(filler).Length : 0) + bytes}", filler]);
    }

    /// <summary>Writes so far and those under way.</summary>
    private string Writes()
    {
        var fields = File.ReadAllText($"/sys/block/{System.IO.Path.GetFileName(device)}/stat").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return $"{fields[4]} {fields[8]}";
    }

    private static CommandResult Run(string program, params string[] arguments) => Command.Run(program, arguments).Succeeded();
}
