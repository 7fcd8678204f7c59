using System.Text.Json;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Images;

/// <summary>
/// Loads what "docker save" writes: manifest.json names configurations and layer files. Such an archive has no manifest in the
/// sense of a registry, so one is made from what is there.
/// </summary>
internal sealed class DockerArchiveLoader(ImageStore store, ArchiveFile archive)
{
    public async Task<IReadOnlyList<LoadedImage>> LoadAsync(CancellationToken cancellationToken)
    {
        if (!archive.Contains("manifest.json"))
        {
            throw new RuntimeException(
                RuntimeError.InvalidArgument, "failed to load the image archive: it has neither index.json (OCI layout) nor manifest.json (docker save)");
        }

        var items = ImageJson.Parse(archive.ReadDocument("manifest.json"), ImageJson.Default.ListDockerArchiveItem, "manifest.json");
        var loaded = new List<LoadedImage>();
        foreach (var item in items)
            loaded.Add(await LoadItemAsync(item, cancellationToken));
        return loaded;
    }

    public static IEnumerable<string> Tags(DockerArchiveItem item) => (item.RepoTags ?? []).Select(tag => ImageReference.Parse(tag).ToString());

    private async Task<LoadedImage> LoadItemAsync(DockerArchiveItem item, CancellationToken cancellationToken)
    {
        var configBytes = archive.ReadDocument(item.Config);
        var configuration = ImageJson.Parse(configBytes, ImageJson.Default.ImageConfiguration, $"image configuration {item.Config}");
        if (configuration.Rootfs.DiffIds.Count != item.Layers.Count)
        {
            throw new RuntimeException(
                RuntimeError.InvalidArgument,
                $"failed to load the image archive: manifest.json has {item.Layers.Count} layers, the configuration {configuration.Rootfs.DiffIds.Count}");
        }

        var pairs = item.Layers.Zip(configuration.Rootfs.DiffIds, (file, diffId) => (File: file, DiffId: Digest.Parse(diffId))).ToList();
        var layers = await store.ForEachLayerAsync(pairs, (pair, token) => CopyAndUnpack(pair.File, pair.DiffId, token), cancellationToken);
        var config = store.Content.Write(configBytes);
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = config.Digest.ToString(), Size = config.SizeBytes },
            Layers = layers,
        };
        var stored = store.Content.Write(JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Default.ImageManifest));
        var tags = Tags(item).ToList();
        var digests = tags.Select(t => ImageReference.Parse(t).WithDigest(stored.Digest).ToString()).Distinct().ToList();
        var entry = await store.RegisterAsync(stored.Digest, tags, digests, cancellationToken);
        return new LoadedImage(entry.Id, entry.Tags);
    }

    private Descriptor CopyAndUnpack(string file, Digest diffId, CancellationToken cancellationToken)
    {
        using var member = archive.OpenMember(file);
        var info = store.Content.Ingest(member, expected: null, ImageLimits.BlobBytes, cancellationToken);
        store.Unpack(info.Digest, diffId, cancellationToken);
        return new Descriptor
        {
            MediaType = LayerMediaType(Compression.Detect(store.Content.PathOf(info.Digest))),
            Digest = info.Digest.ToString(),
            Size = info.SizeBytes,
        };
    }

    private static string LayerMediaType(CompressionKind compression) => compression switch
    {
        CompressionKind.Gzip => MediaTypes.OciLayerGzip,
        CompressionKind.Zstd => MediaTypes.OciLayerZstd,
        _ => MediaTypes.OciLayer,
    };
}
