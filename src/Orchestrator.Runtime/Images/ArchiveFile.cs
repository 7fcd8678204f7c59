using Microsoft.Win32.SafeHandles;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Images;

/// <summary>An uncompressed tar archive on disk, whose members are found by name and read independently of each other.</summary>
internal sealed class ArchiveFile : IDisposable
{
    private const int MemberLimit = 100_000;
    private const int LinkLimit = 8;

    private readonly SafeFileHandle file;
    private readonly Dictionary<string, (long Start, long Length)> members = [];
    private readonly Dictionary<string, string> links = [];

    private ArchiveFile(SafeFileHandle file) => this.file = file;

    /// <exception cref="TarException">The archive is damaged.</exception>
    public static ArchiveFile Open(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var archive = new ArchiveFile(handle);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            archive.Index(new TarReader(stream, bufferBytes: 16 << 10), RandomAccess.GetLength(handle));
            return archive;
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    public bool Contains(string name) => Resolve(name) is not null;

    /// <exception cref="RuntimeException">InvalidArgument, when there is no such member.</exception>
    public Stream OpenMember(string name)
    {
        var (start, length) = Resolve(name)
            ?? throw new RuntimeException(RuntimeError.InvalidArgument, $"failed to load the image archive: it lacks \"{name}\"");
        return new FileSection(file, start, length);
    }

    public byte[] ReadDocument(string name)
    {
        using var member = OpenMember(name);
        if (member.Length > ImageLimits.DocumentBytes)
            throw new RuntimeException(RuntimeError.InvalidArgument, $"failed to load the image archive: \"{name}\" is too large ({member.Length} bytes)");
        var bytes = new byte[member.Length];
        member.ReadExactly(bytes);
        return bytes;
    }

    public void Dispose() => file.Dispose();

    private void Index(TarReader reader, long archiveLength)
    {
        while (reader.Next() is { } entry)
        {
            if (members.Count + links.Count >= MemberLimit)
                throw new TarException($"the archive has more than {MemberLimit} members");
            var name = LayerTree.Normalize(entry.Name);
            if (entry.Type == TarEntryType.Regular)
            {
                if (entry.SizeBytes > archiveLength - reader.Position)
                    throw new TarException($"the archive ends inside \"{TarReader.Printable(name)}\"");
                members[name] = (reader.Position, entry.SizeBytes);
            }
            else if (entry.Type is TarEntryType.Symlink or TarEntryType.HardLink)
            {
                // Older docker save links equal layers to each other.
                links[name] = entry.Type == TarEntryType.HardLink ? LayerTree.Normalize(entry.LinkName) : Relative(name, entry.LinkName);
            }
        }
    }

    private (long Start, long Length)? Resolve(string name)
    {
        for (var i = 0; i < LinkLimit; i++)
        {
            if (members.TryGetValue(name, out var section))
                return section;
            if (!links.TryGetValue(name, out var target))
                return null;
            name = target;
        }

        return null;
    }

    private static string Relative(string name, string target) =>
        Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/" + Path.GetDirectoryName(name), target)));
}
