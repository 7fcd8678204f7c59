using System.Text.Json;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Snapshots;

/// <summary>
/// Unpacked layers, one directory each, named by the digest of their uncompressed archive. A layer is unpacked without regard
/// to what lies below it, so it is shared by all images that contain it and layers of one image are unpacked in parallel. What
/// does depend on the layers below goes into a small <see cref="FixupLayer"/> on top of the stack.
/// </summary>
internal sealed class LayerStore(ImageRoot root)
{
    private const string DescriptionFile = "layer.json";
    private const string FilesDirectory = "fs";

    public string FilesOf(Digest diffId) => Path.Combine(root.Layers, diffId.Hex, FilesDirectory);

    public bool Contains(Digest diffId) => File.Exists(Path.Combine(root.Layers, diffId.Hex, DescriptionFile));

    /// <summary>Unpacks a layer unless it is there already. Concurrent calls, also of other processes, share the work.</summary>
    /// <param name="open">Opens the uncompressed archive.</param>
    /// <exception cref="RuntimeException">InvalidArgument: damaged or hostile, or its digest is another. Nothing is kept then.</exception>
    public void Ensure(Digest diffId, Func<Stream> open, CancellationToken cancellationToken)
    {
        if (Contains(diffId))
            return;
        using var one = FileLock.Exclusive(Path.Combine(root.Locks, "layer-" + diffId.Hex[..2]));
        if (Contains(diffId))
            return;
        var work = root.NewWorkPath("layer");
        try
        {
            Write(diffId, open, work, cancellationToken);
        }
        catch
        {
            Discard(work);
            throw;
        }
    }

    /// <summary>Publishes a directory that already holds a layer's files, as the builder makes them.</summary>
    public void Adopt(Digest diffId, string filesDirectory, UnpackedLayer description)
    {
        using var one = FileLock.Exclusive(Path.Combine(root.Locks, "layer-" + diffId.Hex[..2]));
        if (Contains(diffId))
            return;
        var work = root.NewWorkPath("layer");
        Directory.CreateDirectory(work);
        Directory.Move(filesDirectory, Path.Combine(work, FilesDirectory));
        Publish(diffId, work, description);
    }

    public UnpackedLayer Describe(Digest diffId)
    {
        var bytes = File.ReadAllBytes(Path.Combine(root.Layers, diffId.Hex, DescriptionFile));
        return JsonSerializer.Deserialize(bytes, SnapshotJson.Default.UnpackedLayer)
            ?? throw new RuntimeException(RuntimeError.Internal, $"layer {diffId} has no description");
    }

    /// <summary>
    /// Makes the fix-up layer of a stack if it needs one. Its name is kept with the image; null when the stack is right as it is.
    /// </summary>
    /// <param name="diffIds">Bottom first.</param>
    public string? EnsureFixup(IReadOnlyList<Digest> diffIds)
    {
        var layers = diffIds.Select(id => new FixupLayer.Source(FilesOf(id), Describe(id))).ToList();
        if (!FixupLayer.MayBeNeeded(layers))
            return null;
        var name = "fixup-" + ChainId(diffIds).Hex;
        if (Directory.Exists(Path.Combine(root.Layers, name)))
            return name;
        var work = root.NewWorkPath("fixup");
        var files = Path.Combine(work, FilesDirectory);
        Directory.CreateDirectory(files);
        try
        {
            if (FixupLayer.Build(layers, files))
            {
                PublishDirectory(work, name);
                return name;
            }

            return null;
        }
        catch (TarException e)
        {
            throw new RuntimeException(RuntimeError.InvalidArgument, $"failed to assemble the image's layers: {e.Message}", e);
        }
        finally
        {
            Discard(work);
        }
    }

    /// <summary>What lies below every stack.</summary>
    public string MountPoints() => MountPointLayer.Ensure(root);

    /// <summary>
    /// The directories of a stack for overlayfs, topmost first. overlayfs refuses a directory that is there twice; of equal
    /// layers the topmost says it all, because whatever the others add or hide it adds or hides again.
    /// </summary>
    /// <param name="diffIds">Bottom first.</param>
    public IReadOnlyList<string> Stack(IReadOnlyList<Digest> diffIds, string? fixup)
    {
        var directories = new List<string>(diffIds.Count + 1);
        if (fixup is not null)
            directories.Add(Path.Combine(root.Layers, fixup, FilesDirectory));
        var seen = new HashSet<Digest>();
        for (var i = diffIds.Count - 1; i >= 0; i--)
        {
            if (seen.Add(diffIds[i]))
                directories.Add(FilesOf(diffIds[i]));
        }

        return directories;
    }

    /// <summary>Names of all layer directories: digests' digits, and fix-ups.</summary>
    public IEnumerable<string> ListNames() => Directory.EnumerateDirectories(root.Layers).Select(path => Path.GetFileName(path)!);

    /// <summary>Bytes of content when it was unpacked; zero for a fix-up.</summary>
    public long SizeOf(string name) => Digest.TryParse("sha256:" + name, out var diffId) && Contains(diffId) ? Describe(diffId).SizeBytes : 0;

    /// <summary>Takes a layer out of the store; its files are the caller's to delete.</summary>
    /// <returns>Where they are now.</returns>
    public string Detach(string name)
    {
        var work = root.NewWorkPath("trash");
        Directory.Move(Path.Combine(root.Layers, name), work);
        return work;
    }

    /// <summary>Identifies a stack of layers (image-spec config.md, "Layer ChainID").</summary>
    public static Digest ChainId(IReadOnlyList<Digest> diffIds)
    {
        var chain = diffIds[0];
        for (var i = 1; i < diffIds.Count; i++)
            chain = Digest.Of(System.Text.Encoding.ASCII.GetBytes($"{chain} {diffIds[i]}"));
        return chain;
    }

    private void Write(Digest diffId, Func<Stream> open, string work, CancellationToken cancellationToken)
    {
        var files = Path.Combine(work, FilesDirectory);
        Directory.CreateDirectory(files);
        File.SetUnixFileMode(files, LayerModes.Directory);
        UnpackedLayer description;
        try
        {
            using var hashing = new HashingStream(open());
            using (var ahead = new ReadAheadStream(hashing))
            {
                description = LayerUnpacker.Unpack(ahead, files, cancellationToken);
                Drain(ahead);
                var actual = hashing.Digest;
                if (actual != diffId)
                    throw new TarException($"the uncompressed layer has digest {actual}, the image's configuration says {diffId}");
            }
        }
        catch (Exception e) when (e is TarException or InvalidDataException)
        {
            throw new RuntimeException(RuntimeError.InvalidArgument, $"failed to extract layer {diffId}: {e.Message}", e);
        }
        catch (Linux.LinuxException e)
        {
            throw new RuntimeException(RuntimeError.Internal, $"failed to extract layer {diffId}: {e.Message}", e);
        }

        Publish(diffId, work, description);
    }

    /// <summary>The digest is that of all bytes, also of those after the archive's end mark.</summary>
    private static void Drain(Stream stream)
    {
        var buffer = new byte[64 << 10];
        long total = 0;
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            total += count;
            if (total > ImageLimits.LayerBytes)
                throw new TarException("endless data after the archive's end");
        }
    }

    private void Publish(Digest diffId, string work, UnpackedLayer description)
    {
        File.WriteAllBytes(Path.Combine(work, DescriptionFile), JsonSerializer.SerializeToUtf8Bytes(description, SnapshotJson.Default.UnpackedLayer));
        PublishDirectory(work, diffId.Hex);
    }

    private void PublishDirectory(string work, string name)
    {
        try
        {
            Directory.Move(work, Path.Combine(root.Layers, name));
        }
        catch (IOException) when (Directory.Exists(Path.Combine(root.Layers, name)))
        {
            // Another process was first; both made the same.
            Discard(work);
        }
    }

    private static void Discard(string work)
    {
        if (Directory.Exists(work))
            FileTree.Delete(work);
    }
}
