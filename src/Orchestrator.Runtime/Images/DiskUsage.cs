using System.IO.Enumeration;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Images;

/// <summary>What a directory tree takes on disk, hard-linked files counted once, as du(1) does.</summary>
internal static class DiskUsage
{
    private const int SectorBytes = 512;

    public static FilesystemUsage Of(string directory, CancellationToken cancellationToken)
    {
        using var root = PathAt.OpenDirectory(directory);
        var linked = new HashSet<ulong>();
        long bytes = 0, inodes = 0;
        // Links inside layers point anywhere: they are counted, never followed.
        var tree = new FileSystemEnumerable<string>(directory, (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true })
        {
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        foreach (var path in tree)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Files come and go meanwhile.
            if (PathAt.Status(root, System.Text.Encoding.UTF8.GetBytes(path + '\0'), out var status) != 0)
                continue;
            if (status.Links > 1 && status.Kind != FileKind.Directory && !linked.Add(status.Inode))
                continue;
            bytes += status.Blocks * SectorBytes;
            inodes++;
        }

        return new FilesystemUsage(directory, bytes, inodes);
    }
}
