using System.Net;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Runtime.Registry;

/// <summary>Pulls images from registries and pushes them there. Thread-safe; dispose when no transfer runs.</summary>
/// <param name="credentials">Logins kept on this machine, used when a caller brings none; null for none.</param>
public sealed class RegistryClient(RegistryOptions options, RegistryCredentialFile? credentials, TimeProvider time) : IImagePuller, IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        ConnectTimeout = options.ConnectTimeout,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "User-Agent", "orchestrator" } },
    };

    public async Task<string> PullAsync(ImageStore store, ImageReference reference, RegistryAuth? auth, CancellationToken cancellationToken)
    {
        try
        {
            using var adding = store.BeginAdding();
            var repository = Repository(reference, auth, "pull");
            var (top, manifest) = await ResolveAsync(repository, reference, cancellationToken);
            await FetchAsync(store, repository, manifest, cancellationToken);
            IReadOnlyList<string> tags = reference.Digest is null ? [reference.ToString()] : [];
            var entry = await store.RegisterAsync(manifest.Digest, tags, [reference.WithDigest(top.Digest).ToString()], cancellationToken);
            return entry.Id;
        }
        catch (RuntimeException e)
        {
            throw new RuntimeException(e.Error, $"failed to pull and unpack image \"{reference}\": {e.Message}", e);
        }
    }

    /// <summary>Uploads an image under a name it has here, or another one.</summary>
    /// <returns>The digest of the manifest.</returns>
    /// <exception cref="RuntimeException">NotFound: the image is not here; Unauthorized or Unavailable.</exception>
    public async Task<string> PushAsync(ImageStore store, string image, ImageReference target, RegistryAuth? auth, CancellationToken cancellationToken)
    {
        using var adding = store.BeginAdding();
        var documents = store.ReadImage(Digest.Parse(store.Get(image).Manifest));
        var repository = Repository(target, auth, "pull,push");
        try
        {
            var blobs = documents.Manifest.Layers.Select(l => Digest.Parse(l.Digest)).Append(documents.ConfigDigest).Distinct().ToList();
            await TransferAsync(blobs, async (digest, token) =>
            {
                if (!await repository.HasBlobAsync(digest, token))
                    await repository.UploadAsync(store.Content, digest, token);
            }, cancellationToken);
            var bytes = store.Content.ReadDocument(documents.ManifestDigest);
            await repository.PutManifestAsync(target.Selector, documents.Manifest.MediaType ?? MediaTypes.OciManifest, bytes, cancellationToken);
            return documents.ManifestDigest.ToString();
        }
        catch (RuntimeException e)
        {
            throw new RuntimeException(e.Error, $"failed to push image \"{target}\": {e.Message}", e);
        }
    }

    public void Dispose() => http.Dispose();

    private RepositoryClient Repository(ImageReference reference, RegistryAuth? auth, string actions) =>
        new(http, reference, auth ?? credentials?.Find(reference.Domain), actions, options, time);

    /// <summary>What the name means, and the manifest for this machine under it.</summary>
    private static async Task<(RegistryManifest Top, RegistryManifest Manifest)> ResolveAsync(
        RepositoryClient repository, ImageReference reference, CancellationToken cancellationToken)
    {
        try
        {
            var top = await repository.GetManifestAsync(reference.Selector, cancellationToken);
            var manifest = top;
            for (var depth = 0; IsIndex(manifest); depth++)
            {
                var index = ImageJson.Parse(manifest.Bytes, ImageJson.Default.ImageIndex, $"index {manifest.Digest}");
                if (depth > ImageLimits.IndexDepth || PlatformSelector.Select(index) is not { } selected)
                    throw new RuntimeException(RuntimeError.NotFound, $"no match for platform in manifest {manifest.Digest}: not found");
                manifest = await repository.GetManifestAsync(Digest.Parse(selected.Digest).ToString(), cancellationToken);
            }

            return (top, manifest);
        }
        catch (RuntimeException e)
        {
            var what = e.Message == "not found" ? $"{reference}: not found" : e.Message;
            throw new RuntimeException(e.Error, $"failed to resolve reference \"{reference}\": {what}", e);
        }
    }

    /// <summary>The type in the document itself counts more than the one in the header, which some servers get wrong.</summary>
    private static bool IsIndex(RegistryManifest manifest)
    {
        var document = ImageJson.Parse(manifest.Bytes, ImageJson.Default.ManifestKind, $"manifest {manifest.Digest}");
        if (document.SchemaVersion != 2)
            throw new RuntimeException(RuntimeError.FailedPrecondition, $"manifest schema version {document.SchemaVersion} is not supported");
        return MediaTypes.IsIndex(document.MediaType ?? manifest.MediaType);
    }

    private async Task FetchAsync(ImageStore store, RepositoryClient repository, RegistryManifest manifest, CancellationToken cancellationToken)
    {
        var parsed = ImageJson.Parse(manifest.Bytes, ImageJson.Default.ImageManifest, $"manifest {manifest.Digest}");
        var config = Digest.Parse(parsed.Config.Digest);
        if (parsed.Config.Size > ImageLimits.DocumentBytes)
            throw new RuntimeException(RuntimeError.InvalidArgument, $"the image's configuration of {parsed.Config.Size} bytes is too large");
        if (!store.Content.Contains(config))
            await repository.DownloadAsync(store.Content, config, parsed.Config.Size, cancellationToken);
        store.Content.Write(manifest.Bytes);
        var documents = store.ReadImage(manifest.Digest);
        var layers = parsed.Layers.Zip(documents.DiffIds, (layer, diffId) => (Blob: Digest.Parse(layer.Digest), layer.Size, DiffId: diffId)).ToList();
        await TransferAsync(layers, async (layer, token) =>
        {
            if (!store.Content.Contains(layer.Blob))
                await repository.DownloadAsync(store.Content, layer.Blob, layer.Size, token);
            // Unpacked while others are still on their way.
            await WorkerThread.RunAsync("image-layer", () => store.Unpack(layer.Blob, layer.DiffId, token));
        }, cancellationToken);
    }

    private async Task TransferAsync<T>(IReadOnlyList<T> items, Func<T, CancellationToken, Task> transfer, CancellationToken cancellationToken) =>
        await Parallel.ForEachAsync(
            items, new ParallelOptions { MaxDegreeOfParallelism = options.ConcurrentTransfers, CancellationToken = cancellationToken },
            async (item, token) => await transfer(item, token));
}
