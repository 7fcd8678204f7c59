using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Files;

/// <summary>One file of a tree. Its path is a byte string relative to the tree's root, without a leading slash.</summary>
public readonly record struct FileTreeEntry(string Path, FileStatus Status);

/// <summary>Walks and deletes trees whose content is not trusted: by descriptor, never through a symbolic link, whatever the names are.</summary>
public static class FileTree
{
    /// <summary>Everything below a directory: each directory before what is in it, names in byte order. What vanishes meanwhile is left out.</summary>
    /// <exception cref="LinuxException">When the root cannot be opened.</exception>
    public static IEnumerable<FileTreeEntry> Walk(string root)
    {
        using var handle = PathAt.OpenDirectory(root);
        foreach (var entry in Walk(handle))
            yield return entry;
    }

    /// <summary>As above, below an open directory, whose read position it moves.</summary>
    public static IEnumerable<FileTreeEntry> Walk(SafeFileHandle root) => Walk(root, "");

    /// <summary>Deletes a directory and all below it. No error when it is not there.</summary>
    /// <exception cref="LinuxException">For example EBUSY for a mount point.</exception>
    public static void Delete(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Directory.Exists(Path.GetDirectoryName(full)!))
            return;
        using var parent = PathAt.OpenDirectory(Path.GetDirectoryName(full)!);
        Delete(parent, Encoding.UTF8.GetBytes(Path.GetFileName(full) + '\0'), full);
    }

    private static IEnumerable<FileTreeEntry> Walk(SafeFileHandle directory, string prefix)
    {
        foreach (var name in DirectoryEntries.Read(directory))
        {
            var bytes = Bytes(name);
            if (PathAt.Status(directory, bytes, out var status) != 0)
                continue;
            var path = prefix + name;
            yield return new FileTreeEntry(path, status);
            if (status.Kind != FileKind.Directory
                || PathAt.Open(directory, bytes, OpenFlags.Directory | OpenFlags.NoFollow, 0, ResolveFlags.None, out var child) != 0)
                continue;
            using (child)
            {
                foreach (var entry in Walk(child!, path + "/"))
                    yield return entry;
            }
        }
    }

    private static void Delete(SafeFileHandle parent, byte[] name, string path)
    {
        var errno = PathAt.Unlink(parent, name);
        if (errno is 0 or Errno.ENOENT)
            return;
        if (errno is not (Errno.EISDIR or Errno.EPERM))
            throw new LinuxException(errno, "unlink", path);
        errno = PathAt.Open(parent, name, OpenFlags.Directory | OpenFlags.NoFollow, 0, ResolveFlags.None, out var directory);
        if (errno != 0)
            throw new LinuxException(errno, "open", path);
        using (directory)
        {
            foreach (var child in DirectoryEntries.Read(directory!))
                Delete(directory!, Bytes(child), path);
        }

        errno = PathAt.Unlink(parent, name, isDirectory: true);
        if (errno is not (0 or Errno.ENOENT))
            throw new LinuxException(errno, "rmdir", path);
    }

    private static byte[] Bytes(string byteString)
    {
        var bytes = new byte[byteString.Length + 1];
        Encoding.Latin1.GetBytes(byteString, bytes);
        return bytes;
    }
}
