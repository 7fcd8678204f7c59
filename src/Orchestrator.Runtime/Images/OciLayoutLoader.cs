using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Images;

/// <summary>Loads the images of an OCI layout: those that index.json names, for this machine's platform.</summary>
internal sealed class OciLayoutLoader(ImageStore store, ArchiveFile archive)
{
    private const string ContainerdName = "io.containerd.image.name";
    private const string ReferenceName = "org.opencontainers.image.ref.name";

    private int manifestsSeen;

    public async Task<IReadOnlyList<LoadedImage>> LoadAsync(CancellationToken cancellationToken)
    {
        var index = ImageJson.Parse(archive.ReadDocument("index.json"), ImageJson.Default.ImageIndex, "index.json");
        var byManifest = new Dictionary<Digest, HashSet<string>>();
        foreach (var descriptor in index.Manifests)
        {
            // Attestations and the like stand beside images of other platforms.
            if (Select(descriptor, depth: 0) is not { } manifest)
                continue;
            if (!byManifest.TryGetValue(manifest, out var names))
                byManifest[manifest] = names = [];
            names.UnionWith(Names(descriptor));
        }

        if (byManifest.Count == 0)
            throw new RuntimeException(RuntimeError.FailedPrecondition, $"the archive has no image for linux/{ImageStore.Architecture}");
        AddDockerTags(byManifest);
        var loaded = new List<LoadedImage>();
        foreach (var (manifest, names) in byManifest)
            loaded.Add(await LoadImageAsync(manifest, names, cancellationToken));
        return loaded;
    }

    private async Task<LoadedImage> LoadImageAsync(Digest manifestDigest, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var manifest = ImageJson.Parse(ReadBlob(manifestDigest), ImageJson.Default.ImageManifest, $"manifest {manifestDigest}");
        store.Content.Write(ReadBlob(Digest.Parse(manifest.Config.Digest)));
        store.Content.Write(ReadBlob(manifestDigest));
        var documents = store.ReadImage(manifestDigest);
        var layers = manifest.Layers.Zip(documents.DiffIds, (layer, diffId) => (Layer: layer, DiffId: diffId)).ToList();
        await store.ForEachLayerAsync(layers, (pair, token) =>
        {
            CopyLayer(pair.Layer, token);
            store.Unpack(Digest.Parse(pair.Layer.Digest), pair.DiffId, token);
            return true;
        }, cancellationToken);
        var digests = names.Select(n => ImageReference.Parse(n).WithDigest(manifestDigest).ToString()).Distinct().ToList();
        var entry = await store.RegisterAsync(manifestDigest, names.ToList(), digests, cancellationToken);
        return new LoadedImage(entry.Id, entry.Tags);
    }

    private void CopyLayer(Descriptor layer, CancellationToken cancellationToken)
    {
        var digest = Digest.Parse(layer.Digest);
        if (store.Content.Contains(digest))
            return;
        using var member = archive.OpenMember(BlobName(digest));
        store.Content.Ingest(member, digest, ImageLimits.BlobBytes, cancellationToken);
    }

    /// <summary>The manifest for this machine at or under a descriptor; null when there is none.</summary>
    private Digest? Select(Descriptor descriptor, int depth)
    {
        if (++manifestsSeen > ImageLimits.ManifestsPerIndex || depth > ImageLimits.IndexDepth)
            throw new RuntimeException(RuntimeError.InvalidArgument, "the archive's index names too many manifests");
        if (descriptor.Platform is { } platform && !PlatformSelector.Fits(platform))
            return null;
        var digest = Digest.Parse(descriptor.Digest);
        if (MediaTypes.IsManifest(descriptor.MediaType))
            return PlatformSelector.IsAttestation(descriptor) ? null : digest;
        if (!MediaTypes.IsIndex(descriptor.MediaType))
            return null;
        var nested = ImageJson.Parse(ReadBlob(digest), ImageJson.Default.ImageIndex, $"index {digest}");
        return nested.Manifests.Select(d => Select(d, depth + 1)).FirstOrDefault(d => d is not null);
    }

    private byte[] ReadBlob(Digest digest)
    {
        var bytes = archive.ReadDocument(BlobName(digest));
        return Digest.Of(bytes) == digest
            ? bytes
            : throw new RuntimeException(RuntimeError.InvalidArgument, $"failed to load the image archive: the content of {digest} has another digest");
    }

    /// <summary>A bare word in ref.name is a tag of an image whose name the archive does not tell.</summary>
    private static IEnumerable<string> Names(Descriptor descriptor)
    {
        var annotations = descriptor.Annotations;
        if (annotations is null)
            yield break;
        if (annotations.TryGetValue(ContainerdName, out var name) && ImageReference.TryParse(name, out var complete) && complete.Tag is not null)
            yield return complete.ToString();
        else if (annotations.TryGetValue(ReferenceName, out var reference) && reference.AsSpan().ContainsAny(":/")
            && ImageReference.TryParse(reference, out var parsed) && parsed.Tag is not null)
            yield return parsed.ToString();
    }

    /// <summary>"docker save" tells all names in manifest.json only.</summary>
    private void AddDockerTags(Dictionary<Digest, HashSet<string>> byManifest)
    {
        if (!archive.Contains("manifest.json"))
            return;
        var items = ImageJson.Parse(archive.ReadDocument("manifest.json"), ImageJson.Default.ListDockerArchiveItem, "manifest.json");
        foreach (var (manifestDigest, names) in byManifest)
        {
            var manifest = ImageJson.Parse(ReadBlob(manifestDigest), ImageJson.Default.ImageManifest, $"manifest {manifestDigest}");
            var config = BlobName(Digest.Parse(manifest.Config.Digest));
            names.UnionWith(items.Where(i => i.Config == config).SelectMany(DockerArchiveLoader.Tags));
        }
    }

    private static string BlobName(Digest digest) => "blobs/sha256/" + digest.Hex;
}
