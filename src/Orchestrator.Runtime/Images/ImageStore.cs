using System.Runtime.InteropServices;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Registry;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Images;

/// <summary>
/// The images of a machine: content by digest, unpacked layers, and the catalog that names them. Any number of processes may
/// have the same directory open; there is no daemon. An image is in the catalog only when it is whole and unpacked.
/// </summary>
public sealed class ImageStore
{
    private readonly TimeProvider time;
    private readonly int width;

    /// <param name="directory">Made if absent; one filesystem that overlayfs accepts as a lower layer.</param>
    public ImageStore(string directory, TimeProvider time)
    {
        this.time = time;
        width = Math.Max(2, Environment.ProcessorCount);
        Root = new ImageRoot(directory);
        Content = new ContentStore(Root);
        Layers = new LayerStore(Root);
        Catalog = new ImageCatalogFile(Root);
        Holds = new ImageHolds(Root);
        Garbage = new ImageGarbageCollector(this);
    }

    public string Directory => Root.Path;

    /// <summary>The machine's logins to registries, which pulls without credentials of their own use.</summary>
    public RegistryCredentialFile Logins => new(Path.Combine(Root.Path, "logins.json"));

    internal ImageRoot Root { get; }

    internal ContentStore Content { get; }

    internal LayerStore Layers { get; }

    internal ImageCatalogFile Catalog { get; }

    internal ImageHolds Holds { get; }

    internal ImageGarbageCollector Garbage { get; }

    internal TimeProvider Time => time;

    /// <summary>"amd64" or "arm64", as image configurations spell it.</summary>
    internal static string Architecture { get; } = RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        var other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>While this is held, content that no image refers to yet is safe from collection.</summary>
    internal IDisposable BeginAdding() => FileLock.Shared(Root.ContentLock);

    /// <summary>Runs the work for each layer on threads of its own, as many at a time as there are processors.</summary>
    internal Task<T[]> ForEachLayerAsync<TItem, T>(IReadOnlyList<TItem> layers, Func<TItem, CancellationToken, T> work, CancellationToken cancellationToken) =>
        WorkerThread.ForEachAsync(layers, width, "image-layer", work, cancellationToken);

    /// <summary>Unpacks one layer whose content is in the store.</summary>
    internal void Unpack(Digest blob, Digest diffId, CancellationToken cancellationToken) =>
        Layers.Ensure(diffId, () => Compression.OpenDecompressed(Content.PathOf(blob)), cancellationToken);

    /// <summary>
    /// Enters an image whose manifest, configuration and layers are in the store, unpacking what is not unpacked yet. The
    /// caller holds <see cref="BeginAdding"/>.
    /// </summary>
    /// <param name="tags">Complete names; they leave the image that had them.</param>
    /// <param name="digests">Names by digest, as a registry knows the image.</param>
    /// <exception cref="RuntimeException">InvalidArgument: the parts do not fit together; NotFound: a part is missing.</exception>
    internal async Task<ImageEntry> RegisterAsync(
        Digest manifestDigest, IReadOnlyList<string> tags, IReadOnlyList<string> digests, CancellationToken cancellationToken)
    {
        var image = ReadImage(manifestDigest);
        var pairs = image.Manifest.Layers.Zip(image.DiffIds, (layer, diffId) => (Blob: Digest.Parse(layer.Digest), DiffId: diffId)).ToList();
        await ForEachLayerAsync(pairs, (pair, token) =>
        {
            Unpack(pair.Blob, pair.DiffId, token);
            return true;
        }, cancellationToken);
        var entry = new ImageEntry
        {
            Id = image.ConfigDigest.ToString(),
            Manifest = manifestDigest.ToString(),
            Tags = tags.Order(StringComparer.Ordinal).ToList(),
            Digests = digests.Order(StringComparer.Ordinal).ToList(),
            SizeBytes = image.SizeBytes,
            DiffIds = image.DiffIds.Select(d => d.ToString()).ToList(),
            Fixup = Layers.EnsureFixup(image.DiffIds),
            User = image.Configuration.Config?.User ?? "",
            Created = image.Configuration.Created,
            AddedAt = time.GetUtcNow(),
        };
        Catalog.Update(catalog => catalog.With(entry));
        return entry;
    }

    /// <summary>Reads and checks the documents of an image.</summary>
    internal ImageDocuments ReadImage(Digest manifestDigest)
    {
        var manifestBytes = Content.ReadDocument(manifestDigest);
        var manifest = ImageJson.Parse(manifestBytes, ImageJson.Default.ImageManifest, $"manifest {manifestDigest}");
        var configDigest = Digest.Parse(manifest.Config.Digest);
        var configBytes = Content.ReadDocument(configDigest);
        var configuration = ImageJson.Parse(configBytes, ImageJson.Default.ImageConfiguration, $"image configuration {configDigest}");
        return ImageDocuments.Create(manifestDigest, manifestBytes.Length, manifest, configDigest, configBytes, configuration);
    }

    /// <summary>Finds an image by tag, name and digest, id, or an unambiguous beginning of the id's digits (at least four).</summary>
    /// <exception cref="RuntimeException">InvalidArgument, when the beginning fits several.</exception>
    internal ImageEntry? Find(string image)
    {
        var catalog = Catalog.Read();
        if (catalog.Find(image) is { } byId)
            return byId;
        if (ImageReference.TryParse(image, out var reference))
        {
            var name = reference.ToString();
            var byName = catalog.Images.FirstOrDefault(i => reference.Digest is null ? i.Tags.Contains(name) : i.Digests.Contains(name));
            if (byName is not null)
                return byName;
        }

        var digits = image.StartsWith("sha256:", StringComparison.Ordinal) ? image["sha256:".Length..] : image;
        if (digits.Length is < 4 or > 64 || digits.AsSpan().ContainsAnyExcept("0123456789abcdef"))
            return null;
        var matches = catalog.Images.Where(i => i.Id.AsSpan("sha256:".Length).StartsWith(digits)).Take(2).ToList();
        return matches.Count < 2
            ? matches.FirstOrDefault()
            : throw new RuntimeException(RuntimeError.InvalidArgument, $"image id \"{image}\" is ambiguous");
    }

    /// <exception cref="RuntimeException">NotFound.</exception>
    internal ImageEntry Get(string image) =>
        Find(image) ?? throw new RuntimeException(RuntimeError.NotFound, $"image \"{image}\" not found");
}
