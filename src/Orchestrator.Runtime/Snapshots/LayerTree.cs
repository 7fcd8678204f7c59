using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Content;

namespace Orchestrator.Runtime.Snapshots;

/// <summary>
/// A directory that receives one layer, entry by entry, in the form overlayfs wants of a lower directory: a deleted name is a
/// character device 0:0, a directory that hides what lies below carries trusted.overlay.opaque (kernel documentation,
/// filesystems/overlayfs). Every name is resolved by the kernel with the layer as its root (openat2, RESOLVE_IN_ROOT), so
/// neither ".." nor an absolute or symbolic link leads out of it. Paths are byte strings; see <see cref="TarEntry"/>.
/// </summary>
internal sealed class LayerTree : IDisposable
{
    private const string OpaqueAttribute = "trusted.overlay.opaque";
    private const ResolveFlags Inside = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks | ResolveFlags.NoCrossDevice;

    private readonly SafeFileHandle root;
    private readonly List<(string Path, long Seconds, uint Nanoseconds)> directoryTimes = [];
    private readonly HashSet<string> impliedDirectories = [""];
    private readonly List<MissingLink> missingLinks = [];
    private string parentPath = "";
    private SafeFileHandle? parent;

    public LayerTree(string directory) => root = PathAt.OpenDirectory(directory);

    /// <param name="root">Disposed with the tree.</param>
    public LayerTree(SafeFileHandle root) => this.root = root;

    /// <summary>Directories that had to be made although the archive does not describe them.</summary>
    public IReadOnlyCollection<string> ImpliedDirectories => impliedDirectories;

    /// <summary>Hard links to files of layers below.</summary>
    public IReadOnlyList<MissingLink> MissingLinks => missingLinks;

    /// <summary>Creates a regular file without content, replacing what had the name.</summary>
    public SafeFileHandle CreateFile(string path)
    {
        var (directory, name) = Locate(path);
        SafeFileHandle? file;
        var errno = Create(directory, name, out file);
        if (errno == Errno.EEXIST)
        {
            Clear(directory, name, path);
            errno = Create(directory, name, out file);
        }

        Check(errno, "create", path);
        return file!;

        static int Create(SafeFileHandle directory, byte[] name, out SafeFileHandle? file) =>
            PathAt.Open(directory, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180, Inside, out file);
    }

    /// <summary>Gives an open file its owner, mode, attributes and times, in the order in which none undoes another.</summary>
    public static void Finish(SafeFileHandle file, TarEntry entry, string path)
    {
        Check(OpenFile.SetOwner(file, entry.Uid, entry.Gid), "chown", path);
        Check(OpenFile.SetPermissions(file, entry.Mode), "chmod", path);
        SetAttributes(file, entry, path);
        Check(OpenFile.SetTimes(file, entry.ModifiedSeconds, entry.ModifiedNanoseconds), "utimes", path);
    }

    public void MakeDirectory(TarEntry entry, string path)
    {
        if (path.Length == 0)
        {
            DescribeDirectory(root, entry, path);
            return;
        }

        var (directory, name) = Locate(path);
        var opaque = false;
        if (PathAt.MakeDirectory(directory, name, 0x1C0) is var errno and not 0)
        {
            if (errno != Errno.EEXIST)
                Check(errno, "mkdir", path);
            if (!IsDirectory(directory, name))
            {
                opaque = Clear(directory, name, path);
                Check(PathAt.MakeDirectory(directory, name, 0x1C0), "mkdir", path);
            }
        }

        Check(PathAt.Open(directory, name, OpenFlags.Directory | OpenFlags.NoFollow, 0, Inside, out var made), "open", path);
        using (made)
        {
            if (opaque)
                Check(OpenFile.SetAttribute(made!, OpaqueAttribute, "y"u8), "setxattr", path);
            DescribeDirectory(made!, entry, path);
        }
    }

    /// <summary>As <see cref="MakeDirectory"/>, but leaves a directory that is there, or that a link there leads to, as it is.</summary>
    public void EnsureDirectory(TarEntry entry, string path)
    {
        if (!IsDirectory(path))
            MakeDirectory(entry, path);
    }

    /// <summary>Whether there is a directory, links followed inside the tree.</summary>
    public bool IsDirectory(string path)
    {
        var exists = PathAt.Open(root, Bytes(path), OpenFlags.Path | OpenFlags.Directory, 0, Inside, out var directory) == 0;
        directory?.Dispose();
        return exists;
    }

    public void MakeSymlink(TarEntry entry, string path)
    {
        var (directory, name) = Locate(path);
        var target = Bytes(entry.LinkName);
        Replace(directory, name, path, "symlink", () => PathAt.Symlink(target, directory, name));
        DescribeNode(directory, name, entry, path);
    }

    public void MakeHardLink(TarEntry entry, string path)
    {
        var target = Normalize(entry.LinkName);
        if (target == path)
            throw new TarException($"{TarReader.Printable(path)}: hard link to itself");
        var (targetDirectoryPath, targetName) = Split(target);
        if (PathAt.Open(root, Bytes(targetDirectoryPath), OpenFlags.Path | OpenFlags.Directory, 0, Inside, out var targetDirectory) != 0
            || PathAt.Status(targetDirectory!, Bytes(targetName), out _) != 0)
        {
            targetDirectory?.Dispose();
            missingLinks.Add(new MissingLink(path, target));
            return;
        }

        using (targetDirectory)
        {
            var (directory, name) = Locate(path);
            Replace(directory, name, path, "link", () => PathAt.Link(targetDirectory!, Bytes(targetName), directory, name));
        }
    }

    public void MakeNode(TarEntry entry, FileKind kind, string path)
    {
        var (directory, name) = Locate(path);
        Replace(directory, name, path, "mknod", () => PathAt.MakeNode(directory, name, kind, 0x180, entry.DeviceMajor, entry.DeviceMinor));
        DescribeNode(directory, name, entry, path);
        Check(PathAt.SetPermissions(directory, name, entry.Mode), "chmod", path);
        Check(PathAt.SetTimes(directory, name, entry.ModifiedSeconds, entry.ModifiedNanoseconds), "utimes", path);
    }

    /// <summary>Hides a name of the layers below. If this layer itself has a directory there, only what is below it is hidden.</summary>
    public void Whiteout(string path)
    {
        var (directory, name) = Locate(path);
        var errno = PathAt.MakeNode(directory, name, FileKind.CharacterDevice, 0, 0, 0);
        if (errno == Errno.EEXIST)
        {
            if (IsDirectory(directory, name))
                MakeOpaque(path);
            return;
        }

        Check(errno, "mknod", path);
    }

    /// <summary>Hides everything the layers below have in this directory.</summary>
    public void MakeOpaque(string path)
    {
        Check(OpenMaking(path, out var directory), "open", path);
        using (directory)
            Check(OpenFile.SetAttribute(directory!, OpaqueAttribute, "y"u8), "setxattr", path);
    }

    /// <summary>Sets the times of directories, which adding names to them had changed. Call last.</summary>
    public void SetDirectoryTimes()
    {
        foreach (var (path, seconds, nanoseconds) in directoryTimes)
        {
            // A later entry may have taken the directory's place.
            if (PathAt.Open(root, Bytes(path), OpenFlags.Directory | OpenFlags.NoFollow, 0, Inside, out var directory) != 0)
                continue;
            using (directory)
                Check(OpenFile.SetTimes(directory!, seconds, nanoseconds), "utimes", path);
        }
    }

    public void Dispose()
    {
        parent?.Dispose();
        root.Dispose();
    }

    /// <summary>The path without "." and empty parts, relative to the image's root; an absolute one means the same.</summary>
    /// <exception cref="TarException">For a ".." part and over-long names.</exception>
    public static string Normalize(string name)
    {
        if (name.Length > ImageLimits.PathBytes)
            throw new TarException($"{TarReader.Printable(name)}...: path is too long ({name.Length} bytes)");
        if (IsNormal(name))
            return name;
        var builder = new StringBuilder(name.Length);
        foreach (var part in name.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".")
                continue;
            if (part == "..")
                throw new TarException($"{TarReader.Printable(name)}: path leaves the layer (\"..\")");
            if (part.Length > ImageLimits.NameBytes)
                throw new TarException($"{TarReader.Printable(name)}: name is too long ({part.Length} bytes)");
            builder.Append(builder.Length > 0 ? "/" : "").Append(part);
        }

        return builder.ToString();
    }

    private static bool IsNormal(string name)
    {
        var length = 0;
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '/')
                length = length == 0 ? ImageLimits.NameBytes + 1 : 0;
            else if (length++ == 0 && name[i] == '.')
                return false;
            if (length > ImageLimits.NameBytes)
                return false;
        }

        return length > 0;
    }

    internal static (string Directory, string Name) Split(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? ("", path) : (path[..slash], path[(slash + 1)..]);
    }

    internal static byte[] Bytes(string byteString)
    {
        // The empty path means the tree's root.
        if (byteString.Length == 0)
            return [(byte)'.', 0];
        var bytes = new byte[byteString.Length + 1];
        Encoding.Latin1.GetBytes(byteString, bytes);
        return bytes;
    }

    private void DescribeDirectory(SafeFileHandle directory, TarEntry entry, string path)
    {
        Check(OpenFile.SetOwner(directory, entry.Uid, entry.Gid), "chown", path);
        Check(OpenFile.SetPermissions(directory, entry.Mode), "chmod", path);
        SetAttributes(directory, entry, path);
        impliedDirectories.Remove(path);
        directoryTimes.Add((path, entry.ModifiedSeconds, entry.ModifiedNanoseconds));
    }

    private static void DescribeNode(SafeFileHandle directory, byte[] name, TarEntry entry, string path)
    {
        Check(PathAt.SetOwner(directory, name, entry.Uid, entry.Gid), "chown", path);
        if (entry.Type == TarEntryType.Symlink)
            Check(PathAt.SetTimes(directory, name, entry.ModifiedSeconds, entry.ModifiedNanoseconds), "utimes", path);
    }

    /// <summary>
    /// "trusted" attributes steer overlayfs itself and "security.selinux" belongs to the host's policy: neither is the image's
    /// to set. A filesystem without attributes is no reason to refuse an image.
    /// </summary>
    private static void SetAttributes(SafeFileHandle file, TarEntry entry, string path)
    {
        foreach (var (key, value) in entry.Attributes)
        {
            if (key != "security.capability" && !key.StartsWith("user.", StringComparison.Ordinal)
                && !key.StartsWith("system.posix_acl_", StringComparison.Ordinal))
                continue;
            if (key.StartsWith("user.overlay.", StringComparison.Ordinal))
                continue;
            var errno = OpenFile.SetAttribute(file, key, value);
            if (errno != Errno.EOPNOTSUPP)
                Check(errno, "setxattr " + key, path);
        }
    }

    private void Replace(SafeFileHandle directory, byte[] name, string path, string call, Func<int> make)
    {
        var errno = make();
        if (errno == Errno.EEXIST)
        {
            Clear(directory, name, path);
            errno = make();
        }

        Check(errno, call, path);
    }

    /// <summary>Removes what has the name.</summary>
    /// <returns>Whether it was a whiteout.</returns>
    private bool Clear(SafeFileHandle directory, byte[] name, string path)
    {
        Check(PathAt.Status(directory, name, out var status), "stat", path);
        var isDirectory = status.Kind == FileKind.Directory;
        var errno = PathAt.Unlink(directory, name, isDirectory);
        if (errno == Errno.ENOTEMPTY)
            throw new TarException($"{TarReader.Printable(path)}: takes the place of a directory that has content in the same layer");
        Check(errno, "unlink", path);
        if (isDirectory)
            ForgetParent();
        return status is { Kind: FileKind.CharacterDevice, DeviceMajor: 0, DeviceMinor: 0 };
    }

    private static bool IsDirectory(SafeFileHandle directory, byte[] name) =>
        PathAt.Status(directory, name, out var status) == 0 && status.Kind == FileKind.Directory;

    /// <summary>The open directory that holds the path's last name. Archives go directory by directory, so one is remembered.</summary>
    private (SafeFileHandle Directory, byte[] Name) Locate(string path)
    {
        if (path.Length == 0)
            throw new TarException("an entry that is no directory has the root's name");
        var (directory, name) = Split(path);
        if (parent is null || directory != parentPath)
        {
            ForgetParent();
            Check(OpenMaking(directory, out parent), "open", directory);
            parentPath = directory;
        }

        return (parent!, Bytes(name));
    }

    private void ForgetParent()
    {
        parent?.Dispose();
        parent = null;
    }

    /// <summary>Opens a directory of the layer, making those on the way that the archive did not describe.</summary>
    private int OpenMaking(string path, out SafeFileHandle? directory)
    {
        var errno = PathAt.Open(root, Bytes(path), OpenFlags.Directory, 0, Inside, out directory);
        if (errno is not (Errno.ENOENT or Errno.ENOTDIR) || path.Length == 0)
            return errno;
        var (above, name) = Split(path);
        errno = OpenMaking(above, out var holder);
        if (errno != 0)
            return errno;
        using (holder)
        {
            var bytes = Bytes(name);
            errno = PathAt.MakeDirectory(holder!, bytes, 0x1ED);
            var wasWhiteout = errno == Errno.EEXIST && ClearWhiteout(holder!, bytes, path);
            if (wasWhiteout)
                errno = PathAt.MakeDirectory(holder!, bytes, 0x1ED);
            if (errno != 0)
                throw new TarException($"{TarReader.Printable(path)}: is used as a directory, but is none");
            errno = PathAt.Open(holder!, bytes, OpenFlags.Directory | OpenFlags.NoFollow, 0, Inside, out directory);
            if (errno != 0)
                return errno;
            // The process's umask must not decide.
            Check(OpenFile.SetPermissions(directory!, 0x1ED), "chmod", path);
            if (wasWhiteout)
                Check(OpenFile.SetAttribute(directory!, OpaqueAttribute, "y"u8), "setxattr", path);
            else
                impliedDirectories.Add(path);
            return 0;
        }
    }

    private bool ClearWhiteout(SafeFileHandle directory, byte[] name, string path) =>
        PathAt.Status(directory, name, out var status) == 0
        && status is { Kind: FileKind.CharacterDevice, DeviceMajor: 0, DeviceMinor: 0 }
        && Clear(directory, name, path);

    private static void Check(int errno, string call, string path)
    {
        if (errno == 0)
            return;
        throw errno switch
        {
            Errno.ENOTDIR or Errno.ELOOP or Errno.EXDEV => new TarException($"{TarReader.Printable(path)}: {call}: leads through something that is no directory of the layer"),
            _ => new LinuxException(errno, call, TarReader.Printable(path)),
        };
    }
}

/// <summary>A hard link whose target is not in its own layer. Byte strings.</summary>
internal sealed record MissingLink(string Path, string Target);
