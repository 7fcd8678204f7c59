using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Kubelet.Volumes;

/// <summary>fsGroup: makes a volume's content belong to a group that can use it. Symbolic links are changed themselves, never followed.</summary>
internal static class VolumeOwnership
{
    private const uint ReadWrite = 0x1B0; // 0660
    private const uint ReadOnlyBits = 0x120; // 0440
    private const uint SearchBits = 0x48; // 0110
    private const uint SetGroupId = 0x400; // 02000
    private const uint Unchanged = uint.MaxValue;

    /// <summary>Changes group and modes of a directory and all below it.</summary>
    public static void SetGroup(string directory, long group, bool readOnly)
    {
        foreach (var path in Walk(directory))
            SetGroupOfOne(path, (uint)group, readOnly);
    }

    public static void SetOwner(string path, long user)
    {
        using var parent = PathAt.OpenDirectory(Path.GetDirectoryName(path)!);
        Require(PathAt.SetOwner(parent, Bytes(Path.GetFileName(path)), (uint)user, Unchanged), "fchownat", path);
    }

    private static void SetGroupOfOne(string path, uint group, bool readOnly)
    {
        using var parent = PathAt.OpenDirectory(Path.GetDirectoryName(path)!);
        var name = Bytes(Path.GetFileName(path));
        Require(PathAt.SetOwner(parent, name, Unchanged, group), "fchownat", path);
        Require(PathAt.Status(parent, name, out var status), "statx", path);
        if (status.Kind == FileKind.Symlink)
            return;
        var mode = status.Permissions | (readOnly ? ReadOnlyBits : ReadWrite);
        if (status.Kind == FileKind.Directory)
            mode |= SetGroupId | SearchBits;
        Require(PathAt.SetPermissions(parent, name, mode), "fchmodat", path);
    }

    private static IEnumerable<string> Walk(string directory)
    {
        yield return directory;
        var options = new EnumerationOptions { RecurseSubdirectories = false, AttributesToSkip = 0, IgnoreInaccessible = false };
        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos("*", options))
        {
            if (entry is DirectoryInfo { LinkTarget: null })
            {
                foreach (var inner in Walk(entry.FullName))
                    yield return inner;
            }
            else
                yield return entry.FullName;
        }
    }

    private static byte[] Bytes(string name) => System.Text.Encoding.UTF8.GetBytes(name + '\0');

    private static void Require(int errno, string call, string path)
    {
        if (errno != 0)
            throw new LinuxException(errno, call, path);
    }
}
