using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Runtime.Snapshots;

/// <summary>
/// Some archives leave out the directories their files are in, or link to files of layers below. Unpacked alone, such a layer
/// hides the real owner and mode of the directory, and lacks the link. Both are put right, for one stack of layers, in a small
/// layer on top of it.
/// </summary>
internal sealed class FixupLayer
{
    private readonly IReadOnlyList<Source> layers;
    private readonly SafeFileHandle[] roots;
    private readonly HashSet<string>[] implied;
    private readonly string target;
    private readonly HashSet<string> made = [];
    private bool wroteAny;

    private FixupLayer(IReadOnlyList<Source> layers, string target)
    {
        this.layers = layers;
        this.target = target;
        roots = layers.Select(l => PathAt.OpenDirectory(l.Files)).ToArray();
        implied = layers.Select(l => l.Description.ImpliedDirectories.ToHashSet()).ToArray();
    }

    /// <summary>One layer: its directory, and what unpacking it found.</summary>
    internal sealed record Source(string Files, UnpackedLayer Description);

    private enum Look { Absent, Found, Hidden }

    /// <param name="layers">Bottom first. The lowest layer has nothing below that could be missed.</param>
    public static bool MayBeNeeded(IReadOnlyList<Source> layers) =>
        layers.Skip(1).Any(l => l.Description.ImpliedDirectories.Count > 0 || l.Description.MissingLinks.Count > 0);

    /// <returns>False when nothing differs and the directory stayed empty.</returns>
    public static bool Build(IReadOnlyList<Source> layers, string target)
    {
        var fixup = new FixupLayer(layers, target);
        try
        {
            for (var i = 1; i < layers.Count; i++)
            {
                foreach (var directory in layers[i].Description.ImpliedDirectories.Order(StringComparer.Ordinal))
                    fixup.RestoreDirectory(directory);
                foreach (var link in layers[i].Description.MissingLinks)
                    fixup.RestoreLink(i, link);
            }

            return fixup.wroteAny;
        }
        finally
        {
            foreach (var root in fixup.roots)
                root.Dispose();
        }
    }

    private void RestoreDirectory(string path)
    {
        var top = Find(path, layers.Count - 1, out _);
        if (top < 0 || !implied[top].Contains(path))
            return;
        if (DescribedBelow(path, top) is { } source && Differs(path, top, source))
            MakeDirectory(path);
    }

    private void RestoreLink(int layer, MissingLink link)
    {
        // A layer above may have removed or replaced the name.
        for (var i = layers.Count - 1; i > layer; i--)
        {
            if (Lookup(i, link.Path, out _) != Look.Absent)
                return;
        }

        var source = Find(link.Target, layer - 1, out var status);
        if (source < 0 || status.Kind != FileKind.Regular)
            throw new TarException($"{TarReader.Printable(link.Path)}: hard link to \"{TarReader.Printable(link.Target)}\", which is not in the image");
        var (directory, name) = LayerTree.Split(link.Path);
        MakeDirectory(directory);
        CopyFile(source, link.Target, directory, name, status);
    }

    /// <summary>The topmost layer at or under <paramref name="from"/> whose file of that name shows; -1 if none.</summary>
    private int Find(string path, int from, out FileStatus status)
    {
        status = default;
        for (var i = from; i >= 0; i--)
        {
            switch (Lookup(i, path, out var hidesBelow, out status))
            {
                case Look.Found:
                    return i;
                case Look.Hidden:
                    return -1;
            }

            if (hidesBelow)
                return -1;
        }

        return -1;
    }

    private int? DescribedBelow(string path, int top)
    {
        for (var i = top; i >= 0; i--)
        {
            var look = Lookup(i, path, out var hidesBelow, out var status);
            if (look == Look.Hidden || (look == Look.Found && status.Kind != FileKind.Directory))
                return null;
            if (look == Look.Found && !implied[i].Contains(path))
                return i;
            if (hidesBelow)
                return null;
        }

        return null;
    }

    private Look Lookup(int layer, string path, out bool hidesBelow) => Lookup(layer, path, out hidesBelow, out _);

    private Look Lookup(int layer, string path, out bool hidesBelow, out FileStatus status)
    {
        hidesBelow = false;
        PathAt.Status(roots[layer], LayerTree.Bytes(""), out status);
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < parts.Length; i++)
        {
            var prefix = string.Join('/', parts, 0, i + 1);
            if (PathAt.Status(roots[layer], LayerTree.Bytes(prefix), out status) != 0)
                return Look.Absent;
            if (status is { Kind: FileKind.CharacterDevice, DeviceMajor: 0, DeviceMinor: 0 } || (i < parts.Length - 1 && status.Kind != FileKind.Directory))
                return Look.Hidden;
            if (status.Kind == FileKind.Directory)
                hidesBelow |= IsOpaque(layer, prefix);
        }

        return Look.Found;
    }

    private bool IsOpaque(int layer, string path)
    {
        using var directory = OpenDirectory(roots[layer], path);
        return OpenFile.GetAttribute(directory, "trusted.overlay.opaque") is [(byte)'y'];
    }

    private bool Differs(string path, int top, int source)
    {
        PathAt.Status(roots[top], LayerTree.Bytes(path), out var shown);
        PathAt.Status(roots[source], LayerTree.Bytes(path), out var wanted);
        return shown.Permissions != wanted.Permissions || shown.Uid != wanted.Uid || shown.Gid != wanted.Gid;
    }

    /// <summary>Makes a directory with the owner and mode it should have in the stack, and those above it likewise.</summary>
    private void MakeDirectory(string path)
    {
        if (!made.Add(path))
            return;
        wroteAny = true;
        if (path.Length > 0)
            MakeDirectory(LayerTree.Split(path).Directory);
        using var root = PathAt.OpenDirectory(target);
        if (path.Length > 0)
            Check(PathAt.MakeDirectory(root, LayerTree.Bytes(path), 0x1C0), "mkdir", path);
        using var directory = OpenDirectory(root, path);
        var top = Find(path, layers.Count - 1, out var status);
        if (top >= 0 && DescribedBelow(path, top) is { } source)
            PathAt.Status(roots[source], LayerTree.Bytes(path), out status);
        Check(OpenFile.SetOwner(directory, status.Uid, status.Gid), "chown", path);
        Check(OpenFile.SetPermissions(directory, status.Permissions), "chmod", path);
        Check(OpenFile.SetTimes(directory, status.ModifiedSeconds, status.ModifiedNanoseconds), "utimes", path);
    }

    private void CopyFile(int layer, string path, string directory, string name, FileStatus status)
    {
        Check(PathAt.Open(roots[layer], LayerTree.Bytes(path), OpenFlags.ReadOnly | OpenFlags.NoFollow, 0, ResolveFlags.InRoot, out var source), "open", path);
        using (source)
        using (var root = PathAt.OpenDirectory(target))
        using (var parent = OpenDirectory(root, directory))
        {
            var flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate | OpenFlags.NoFollow;
            Check(PathAt.Open(parent, LayerTree.Bytes(name), flags, 0x180, ResolveFlags.InRoot, out var copy), "create", name);
            using (copy)
            {
                var buffer = new byte[128 << 10];
                int count;
                while ((count = OpenFile.Read(source!, buffer)) > 0)
                    OpenFile.Write(copy!, buffer.AsSpan(0, count));
                Check(OpenFile.SetOwner(copy!, status.Uid, status.Gid), "chown", name);
                Check(OpenFile.SetPermissions(copy!, status.Permissions), "chmod", name);
                Check(OpenFile.SetTimes(copy!, status.ModifiedSeconds, status.ModifiedNanoseconds), "utimes", name);
            }
        }
    }

    private static SafeFileHandle OpenDirectory(SafeFileHandle root, string path)
    {
        Check(PathAt.Open(root, LayerTree.Bytes(path), OpenFlags.Directory, 0, ResolveFlags.InRoot, out var directory), "open", path);
        return directory!;
    }

    private static void Check(int errno, string call, string path)
    {
        if (errno != 0)
            throw new LinuxException(errno, call, TarReader.Printable(path));
    }
}
