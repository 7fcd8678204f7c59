using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Content;

namespace Orchestrator.Runtime.Snapshots;

/// <summary>What unpacking a layer found out.</summary>
/// <param name="ImpliedDirectories">See <see cref="LayerTree.ImpliedDirectories"/>.</param>
internal sealed record UnpackedLayer(
    long SizeBytes, int Entries, IReadOnlyCollection<string> ImpliedDirectories, IReadOnlyList<MissingLink> MissingLinks);

/// <summary>Writes a layer archive (image-spec layer.md) into an empty directory.</summary>
internal static class LayerUnpacker
{
    private const string WhiteoutPrefix = ".wh.";
    private const string OpaqueName = ".wh..wh..opq";

    /// <param name="archive">The uncompressed tar stream. Read to the end mark only: the caller reads the rest for its digest.</param>
    /// <exception cref="TarException">The archive is damaged or hostile.</exception>
    /// <exception cref="Linux.LinuxException">For example ENOSPC.</exception>
    public static UnpackedLayer Unpack(Stream archive, string directory, CancellationToken cancellationToken)
    {
        using var tree = new LayerTree(directory);
        var (size, entries) = Unpack(archive, tree, "", honoursWhiteouts: true, cancellationToken);
        return new UnpackedLayer(size, entries, tree.ImpliedDirectories, tree.MissingLinks);
    }

    /// <summary>Writes an archive that is no layer, as ADD does: names that mean deletion in layers are plain names here.</summary>
    /// <param name="prefix">Directory that receives the files, a byte string; empty for the root.</param>
    public static void Extract(Stream archive, LayerTree tree, string prefix, CancellationToken cancellationToken) =>
        Unpack(archive, tree, prefix, honoursWhiteouts: false, cancellationToken);

    private static (long SizeBytes, int Entries) Unpack(
        Stream archive, LayerTree tree, string prefix, bool honoursWhiteouts, CancellationToken cancellationToken)
    {
        var reader = new TarReader(archive);
        long size = 0;
        var entries = 0;
        while (reader.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++entries > ImageLimits.LayerEntries)
                throw new TarException($"the layer has more than {ImageLimits.LayerEntries} entries");
            size += entry.SizeBytes;
            if (size > ImageLimits.LayerBytes || size < 0)
                throw new TarException($"the layer's content exceeds {ImageLimits.LayerBytes} bytes");
            Apply(reader, entry, tree, prefix, honoursWhiteouts);
        }

        tree.SetDirectoryTimes();
        return (size, entries);
    }

    private static void Apply(TarReader reader, TarEntry entry, LayerTree tree, string prefix, bool honoursWhiteouts)
    {
        var path = LayerTree.Normalize(entry.Name);
        if (prefix.Length > 0)
            path = path.Length == 0 ? prefix : prefix + "/" + path;
        if (prefix.Length > 0 && entry.Type == TarEntryType.HardLink)
            entry = entry with { LinkName = prefix + "/" + LayerTree.Normalize(entry.LinkName) };
        var (directory, name) = LayerTree.Split(path);
        if (honoursWhiteouts && name.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
        {
            ApplyWhiteout(directory, name, tree);
            return;
        }

        switch (entry.Type)
        {
            case TarEntryType.Regular:
                WriteFile(reader, entry, path, tree);
                break;
            case TarEntryType.Directory when !honoursWhiteouts:
                tree.EnsureDirectory(entry, path);
                break;
            case TarEntryType.Directory:
                tree.MakeDirectory(entry, path);
                break;
            case TarEntryType.Symlink:
                tree.MakeSymlink(entry, path);
                break;
            case TarEntryType.HardLink:
                tree.MakeHardLink(entry, path);
                break;
            case TarEntryType.CharacterDevice:
                tree.MakeNode(entry, FileKind.CharacterDevice, path);
                break;
            case TarEntryType.BlockDevice:
                tree.MakeNode(entry, FileKind.BlockDevice, path);
                break;
            case TarEntryType.Fifo:
                tree.MakeNode(entry, FileKind.Fifo, path);
                break;
            default:
                throw new InvalidOperationException($"entry type {entry.Type}");
        }
    }

    private static void ApplyWhiteout(string directory, string name, LayerTree tree)
    {
        if (name == OpaqueName)
        {
            tree.MakeOpaque(directory);
            return;
        }

        // ".wh..wh.plnk" and the like are aufs' own records, which mean nothing here.
        var hidden = name[WhiteoutPrefix.Length..];
        if (hidden.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
            return;
        if (hidden is "" or "." or "..")
            throw new TarException($"{TarReader.Printable(directory)}/{TarReader.Printable(name)}: damaged whiteout");
        tree.Whiteout(directory.Length == 0 ? hidden : directory + "/" + hidden);
    }

    private static void WriteFile(TarReader reader, TarEntry entry, string path, LayerTree tree)
    {
        using var file = tree.CreateFile(path);
        while (reader.ReadContent() is { Length: > 0 } piece)
            OpenFile.Write(file, piece);
        LayerTree.Finish(file, entry, path);
    }
}
