using System.Security.Cryptography;
using System.Text;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Builder;

/// <summary>One file to copy.</summary>
/// <param name="Target">Below the destination; empty: the destination itself.</param>
/// <param name="IsNamed">The instruction names it, rather than a directory above it.</param>
internal sealed record CopyItem(string Source, string Target, FileStatus Status, bool IsNamed = false);

/// <summary>What a COPY instruction copies: computed from the sources alone, so that its digest can be looked up before anything is written.</summary>
internal sealed class CopyPlan(SourceTree tree, IReadOnlyList<CopyItem> items, bool keepsOwner)
{
    private const int ChunkBytes = 256 << 10;

    public IReadOnlyList<CopyItem> Items => items;

    /// <summary>Seconds since 1970 of the newest file: a natural time for what has none of its own.</summary>
    public long NewestSeconds => items.Count == 0 ? 0 : items.Max(i => i.Status.ModifiedSeconds);

    /// <param name="sources">As written in the instruction.</param>
    /// <param name="keepsOwner">Owners in a stage mean something, those in a build context do not.</param>
    /// <exception cref="InstructionException">A source is not there.</exception>
    public static CopyPlan Create(SourceTree tree, IReadOnlyList<string> sources, bool intoDirectory, bool keepsOwner)
    {
        var items = new List<CopyItem>();
        foreach (var source in sources)
        {
            var paths = tree.Resolve(source);
            if (paths.Count == 0)
                throw new InstructionException($"\"{source}\" not found in {tree.Description}");
            foreach (var path in paths)
                Add(tree, path, intoDirectory || paths.Count > 1, items);
        }

        return new CopyPlan(tree, items, keepsOwner);
    }

    /// <summary>Depends on names, kinds, modes, owners and content; not on times.</summary>
    public string ContentDigest(CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var owner = keepsOwner ? $"{item.Status.Uid}:{item.Status.Gid}" : "";
            hash.AppendData(Encoding.UTF8.GetBytes($"{item.Target}\0{item.Status.Kind}\0{item.Status.Permissions}\0{owner}\0"));
            if (item.Status.Kind == FileKind.Symlink)
                hash.AppendData(Encoding.Latin1.GetBytes(tree.ReadLink(item.Source)));
            else if (item.Status.Kind == FileKind.Regular)
                AppendContent(hash, item.Source);
            hash.AppendData("\0"u8);
        }

        return Digest.FromHash(hash.GetHashAndReset()).ToString();
    }

    /// <param name="path">Where in the target, a byte string relative to its root.</param>
    public void Apply(LayerTree target, CopyItem item, string path, CopyAttributes attributes)
    {
        var entry = new TarEntry
        {
            Name = path,
            Type = Kind(item),
            LinkName = item.Status.Kind == FileKind.Symlink ? tree.ReadLink(item.Source) : "",
            Mode = attributes.Mode ?? item.Status.Permissions,
            Uid = attributes.Owner?.Uid ?? (keepsOwner ? item.Status.Uid : 0),
            Gid = attributes.Owner?.Gid ?? (keepsOwner ? item.Status.Gid : 0),
            ModifiedSeconds = item.Status.ModifiedSeconds,
            ModifiedNanoseconds = item.Status.ModifiedNanoseconds,
            DeviceMajor = item.Status.DeviceMajor,
            DeviceMinor = item.Status.DeviceMinor,
        };
        switch (entry.Type)
        {
            case TarEntryType.Directory:
                target.EnsureDirectory(entry, path);
                break;
            case TarEntryType.Symlink:
                target.MakeSymlink(entry, path);
                break;
            case TarEntryType.Regular:
                CopyFile(target, item.Source, entry, path);
                break;
            default:
                target.MakeNode(entry, item.Status.Kind, path);
                break;
        }
    }

    private static void Add(SourceTree tree, string path, bool intoDirectory, List<CopyItem> items)
    {
        var status = tree.Status(path);
        if (status.Kind != FileKind.Directory)
        {
            items.Add(new CopyItem(path, intoDirectory ? LayerTree.Split(path).Name : "", status, IsNamed: true));
            return;
        }

        // The content of a directory is copied, not the directory: the destination, if it must be made, is a usual one.
        items.Add(new CopyItem(path, "", status with { Permissions = 0x1ED, Uid = 0, Gid = 0 }, IsNamed: true));
        var prefix = path.Length == 0 ? "" : path + "/";
        foreach (var entry in tree.Walk(path))
            items.Add(new CopyItem(prefix + entry.Path, entry.Path, entry.Status));
    }

    private static TarEntryType Kind(CopyItem item) => item.Status.Kind switch
    {
        FileKind.Directory => TarEntryType.Directory,
        FileKind.Symlink => TarEntryType.Symlink,
        FileKind.Regular => TarEntryType.Regular,
        FileKind.CharacterDevice => TarEntryType.CharacterDevice,
        FileKind.BlockDevice => TarEntryType.BlockDevice,
        FileKind.Fifo => TarEntryType.Fifo,
        var other => throw new InstructionException($"\"{ByteString.ToText(item.Source)}\" is a {other}, which cannot be copied"),
    };

    private void CopyFile(LayerTree target, string source, TarEntry entry, string path)
    {
        using var from = tree.OpenFile(source);
        using var to = target.CreateFile(path);
        var buffer = new byte[ChunkBytes];
        int count;
        while ((count = OpenFile.Read(from, buffer)) > 0)
            OpenFile.Write(to, buffer.AsSpan(0, count));
        LayerTree.Finish(to, entry, path);
    }

    private void AppendContent(IncrementalHash hash, string path)
    {
        using var file = tree.OpenFile(path);
        var buffer = new byte[ChunkBytes];
        int count;
        while ((count = OpenFile.Read(file, buffer)) > 0)
            hash.AppendData(buffer.AsSpan(0, count));
    }
}

/// <summary>--chown and --chmod, resolved to numbers; null keeps what the source has.</summary>
internal sealed record CopyAttributes(Owner? Owner, uint? Mode);
