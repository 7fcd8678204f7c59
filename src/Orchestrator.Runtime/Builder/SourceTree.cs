using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Builder;

/// <summary>
/// Where COPY and ADD read from: the build context, or the filesystem of a stage or image. Links at the end of a named path
/// are followed, but never out of the tree.
/// </summary>
internal sealed class SourceTree(SafeFileHandle root, DockerIgnore ignore, string description) : IDisposable
{
    private const ResolveFlags Inside = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks;

    /// <summary>For messages: what the tree is.</summary>
    public string Description => description;

    /// <summary>The files and directories that a pattern names, in byte order.</summary>
    /// <returns>Byte strings without leading slash; empty for the root.</returns>
    /// <exception cref="InstructionException">The path leaves the tree.</exception>
    public List<string> Resolve(string pattern)
    {
        var parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").ToList();
        if (parts.Contains(".."))
            throw new InstructionException($"\"{pattern}\" leads out of {description}");
        var found = new List<string> { "" };
        foreach (var part in parts)
            found = found.SelectMany(directory => Children(directory, part)).ToList();
        return found.Where(path => path.Length == 0 || !ignore.Excludes(ByteString.ToText(path)) || HasKeptChild(path)).ToList();
    }

    public FileStatus Status(string path)
    {
        using var file = Open(path, OpenFlags.Path);
        Check(PathAt.Status(file, "\0"u8, out var status), path);
        return status;
    }

    /// <summary>Everything below a directory that is not excluded.</summary>
    public IEnumerable<FileTreeEntry> Walk(string path)
    {
        using var directory = Open(path, OpenFlags.Directory);
        var prefix = path.Length == 0 ? "" : path + "/";
        foreach (var entry in FileTree.Walk(directory))
        {
            var whole = prefix + entry.Path;
            if (!ignore.Excludes(ByteString.ToText(whole)) || (entry.Status.Kind == FileKind.Directory && HasKeptChild(whole)))
                yield return entry;
        }
    }

    public SafeFileHandle OpenFile(string path) => Open(path, OpenFlags.ReadOnly | OpenFlags.NonBlock);

    /// <summary>The text of a symbolic link, which is not followed.</summary>
    public string ReadLink(string path)
    {
        var (directory, name) = LayerTree.Split(path);
        using var holder = Open(directory, OpenFlags.Directory);
        var buffer = new byte[4096];
        Check(PathAt.ReadLink(holder, LayerTree.Bytes(name), buffer, out var length), path);
        return System.Text.Encoding.Latin1.GetString(buffer, 0, length);
    }

    /// <summary>A small text file such as /etc/passwd; null when it is not there.</summary>
    public string? ReadText(string path)
    {
        if (PathAt.Open(root, LayerTree.Bytes(path), OpenFlags.ReadOnly | OpenFlags.NonBlock, 0, Inside, out var handle) != 0)
            return null;
        using var file = new FileStream(handle!, FileAccess.Read);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    public void Dispose() => root.Dispose();

    private IEnumerable<string> Children(string directory, string part)
    {
        var prefix = directory.Length == 0 ? "" : directory + "/";
        if (!PathPattern.HasWildcards(part))
        {
            var path = prefix + ByteString.FromText(part);
            var exists = PathAt.Open(root, LayerTree.Bytes(path), OpenFlags.Path, 0, Inside, out var handle) == 0;
            handle?.Dispose();
            return exists ? [path] : [];
        }

        if (PathAt.Open(root, LayerTree.Bytes(directory), OpenFlags.Directory, 0, Inside, out var opened) != 0)
            return [];
        using (opened)
        {
            var pattern = PathPattern.ToRegex(part, matchesBelow: false);
            return DirectoryEntries.Read(opened!).Where(name => pattern.IsMatch(ByteString.ToText(name))).Select(name => prefix + name).ToList();
        }
    }

    /// <summary>An excluded directory stays if a later pattern takes back something below it.</summary>
    private bool HasKeptChild(string path)
    {
        if (!ignore.HasExceptions || PathAt.Open(root, LayerTree.Bytes(path), OpenFlags.Directory, 0, Inside, out var directory) != 0)
            return false;
        using (directory)
            return FileTree.Walk(directory!).Any(e => !ignore.Excludes(ByteString.ToText(path + "/" + e.Path)));
    }

    private SafeFileHandle Open(string path, OpenFlags flags)
    {
        Check(PathAt.Open(root, LayerTree.Bytes(path), flags, 0, Inside, out var handle), path);
        return handle!;
    }

    private static void Check(int errno, string path)
    {
        if (errno != 0)
            throw new LinuxException(errno, "read", TarReader.Printable(path));
    }
}
