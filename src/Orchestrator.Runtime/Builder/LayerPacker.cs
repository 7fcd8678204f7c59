using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Builder;

/// <summary>Writes what an overlay's upper directory holds as a layer archive: the reverse of unpacking one.</summary>
internal static class LayerPacker
{
    private const int ChunkBytes = 256 << 10;

    /// <param name="newestSeconds">Later times are set back to this one, so that building again gives the same bytes.</param>
    /// <returns>False when there is nothing in it; then nothing was written.</returns>
    public static bool Pack(string upper, Stream output, long newestSeconds, CancellationToken cancellationToken)
    {
        var writer = new TarWriter(output);
        using var root = PathAt.OpenDirectory(upper);
        using var walk = PathAt.OpenDirectory(upper);
        var firstNames = new Dictionary<ulong, string>();
        var any = false;
        foreach (var (path, status) in FileTree.Walk(walk))
        {
            cancellationToken.ThrowIfCancellationRequested();
            any = true;
            Write(writer, root, path, status, newestSeconds, firstNames);
        }

        if (any)
            writer.Finish();
        return any;
    }

    private static void Write(
        TarWriter writer, SafeFileHandle root, string path, FileStatus status, long newestSeconds, Dictionary<ulong, string> firstNames)
    {
        var (directory, name) = LayerTree.Split(path);
        if (status is { Kind: FileKind.CharacterDevice, DeviceMajor: 0, DeviceMinor: 0 })
        {
            writer.Write(new TarEntry { Name = directory.Length == 0 ? ".wh." + name : $"{directory}/.wh.{name}", ModifiedSeconds = newestSeconds });
            return;
        }

        if (name.StartsWith(".wh.", StringComparison.Ordinal))
            throw new TarException($"{TarReader.Printable(path)}: names that begin with \".wh.\" mean deletion in images and cannot be stored in one");

        // Sockets belong to processes that run no more.
        if (status.Kind == FileKind.Socket)
            return;
        var entry = Describe(path, status, newestSeconds);
        if (status.Kind is FileKind.Regular && status.Links > 1 && !firstNames.TryAdd(status.Inode, path))
        {
            writer.Write(entry with { Type = TarEntryType.HardLink, LinkName = firstNames[status.Inode], SizeBytes = 0 });
            return;
        }

        switch (status.Kind)
        {
            case FileKind.Regular:
                WriteFile(writer, root, entry);
                break;
            case FileKind.Directory:
                WriteDirectory(writer, root, entry, newestSeconds);
                break;
            case FileKind.Symlink:
                writer.Write(entry with { LinkName = ReadLink(root, path) });
                break;
            default:
                writer.Write(entry);
                break;
        }
    }

    private static TarEntry Describe(string path, FileStatus status, long newestSeconds)
    {
        var isNewer = status.ModifiedSeconds >= newestSeconds;
        return new TarEntry
        {
            Name = path,
            Type = status.Kind switch
            {
                FileKind.Regular => TarEntryType.Regular,
                FileKind.Directory => TarEntryType.Directory,
                FileKind.Symlink => TarEntryType.Symlink,
                FileKind.CharacterDevice => TarEntryType.CharacterDevice,
                FileKind.BlockDevice => TarEntryType.BlockDevice,
                _ => TarEntryType.Fifo,
            },
            Mode = status.Permissions,
            Uid = status.Uid,
            Gid = status.Gid,
            ModifiedSeconds = isNewer ? newestSeconds : status.ModifiedSeconds,
            DeviceMajor = status.DeviceMajor,
            DeviceMinor = status.DeviceMinor,
        };
    }

    private static void WriteFile(TarWriter writer, SafeFileHandle root, TarEntry entry)
    {
        using var file = Open(root, entry.Name, OpenFlags.ReadOnly);
        Check(PathAt.Status(file, "\0"u8, out var status), "stat", entry.Name);
        writer.Write(entry with { SizeBytes = status.SizeBytes, Attributes = Attributes(file) });
        var buffer = new byte[ChunkBytes];
        int count;
        while ((count = OpenFile.Read(file, buffer)) > 0)
            writer.WriteContent(buffer.AsSpan(0, count));
    }

    private static void WriteDirectory(TarWriter writer, SafeFileHandle root, TarEntry entry, long newestSeconds)
    {
        using var directory = Open(root, entry.Name, OpenFlags.Directory);
        writer.Write(entry with { Attributes = Attributes(directory) });
        if (OpenFile.GetAttribute(directory, "trusted.overlay.opaque") is [(byte)'y'])
            writer.Write(new TarEntry { Name = entry.Name + "/.wh..wh..opq", ModifiedSeconds = newestSeconds });
    }

    /// <summary>"trusted.overlay" is how the upper directory says what the archive says with ".wh." names.</summary>
    private static List<KeyValuePair<string, byte[]>> Attributes(SafeFileHandle file) =>
        OpenFile.ListAttributes(file)
            .Where(name => name == "security.capability" || name.StartsWith("user.", StringComparison.Ordinal) || name.StartsWith("system.posix_acl_", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => KeyValuePair.Create(name, OpenFile.GetAttribute(file, name) ?? []))
            .ToList();

    private static string ReadLink(SafeFileHandle root, string path)
    {
        var buffer = new byte[4096];
        Check(PathAt.ReadLink(root, LayerTree.Bytes(path), buffer, out var length), "readlink", path);
        return System.Text.Encoding.Latin1.GetString(buffer, 0, length);
    }

    private static SafeFileHandle Open(SafeFileHandle root, string path, OpenFlags flags)
    {
        Check(PathAt.Open(root, LayerTree.Bytes(path), flags | OpenFlags.NoFollow, 0, ResolveFlags.Beneath, out var file), "open", path);
        return file!;
    }

    private static void Check(int errno, string call, string path)
    {
        if (errno != 0)
            throw new LinuxException(errno, call, TarReader.Printable(path));
    }
}
