using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Images;

/// <summary>What a directory tree takes on disk, hard-linked files counted once, as du(1) does.</summary>
internal static class DiskUsage
{
    private const int SectorBytes = 512;

    public static FilesystemUsage Of(string directory, CancellationToken cancellationToken)
    {
        var linked = new HashSet<ulong>();
        long bytes = 0, inodes = 0;
        foreach (var (_, status) in FileTree.Walk(directory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (status.Links > 1 && status.Kind != FileKind.Directory && !linked.Add(status.Inode))
                continue;
            bytes += status.Blocks * SectorBytes;
            inodes++;
        }

        return new FilesystemUsage(directory, bytes, inodes);
    }
}
