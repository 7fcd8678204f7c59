using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Images;

/// <summary>The images of this machine as the kubelet (CRI image service) and the container half of the runtime see them.</summary>
public sealed partial class ImageService(ImageStore store, IImagePuller puller, ILogger<ImageService> logger) : IImageService, IImageFilesystem
{
    private readonly ConcurrentDictionary<string, ContainerImage> containerImages = new();
    private readonly PullCoalescer pulls = new();

    public Task<IReadOnlyList<ImageRecord>> ListImagesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ImageRecord>>(store.Catalog.Read().Images.Select(ToRecord).ToList());

    public Task<ImageRecord?> ImageStatusAsync(string image, CancellationToken cancellationToken) =>
        Task.FromResult(store.Find(image) is { } entry ? ToRecord(entry) : null);

    public Task<string> PullImageAsync(string image, RegistryAuth? auth, CancellationToken cancellationToken)
    {
        var reference = ImageReference.Parse(image);
        return pulls.RunAsync(new(reference, auth), async token =>
        {
            LogPulling(reference.ToString());
            var id = await puller.PullAsync(store, reference, auth, token);
            LogPulled(reference.ToString(), id);
            return id;
        }, cancellationToken);
    }

    /// <summary>
    /// By id: the image with all its names. By name: that name, and the image with its last one. Layers in use stay until their
    /// holders are gone.
    /// </summary>
    public async Task RemoveImageAsync(string image, CancellationToken cancellationToken)
    {
        var removed = false;
        var reference = ImageReference.TryParse(image, out var parsed) ? parsed.ToString() : null;
        store.Catalog.Update(catalog =>
        {
            if (store.Find(image) is not { } entry)
                return catalog;
            var tags = entry.Tags.Where(t => t != reference).ToList();
            var digests = entry.Digests.Where(d => d != reference).ToList();
            var isById = tags.Count == entry.Tags.Count && digests.Count == entry.Digests.Count;
            removed = isById || tags.Count == 0;
            return removed ? catalog.Without(entry.Id) : catalog.Replacing(entry with { Tags = tags, Digests = digests });
        });
        if (removed)
            await WorkerThread.RunAsync("image-garbage", store.Garbage.TryCollect);
    }

    /// <summary>Bytes and inodes of the whole store: content and unpacked layers.</summary>
    public Task<FilesystemUsage> ImageFilesystemUsageAsync(CancellationToken cancellationToken) =>
        WorkerThread.RunAsync("image-usage", () => DiskUsage.Of(store.Directory, cancellationToken));

    public ContainerImage? Find(string imageId)
    {
        if (store.Catalog.Read().Find(imageId) is not { } entry)
            return null;
        if (containerImages.TryGetValue(imageId, out var known))
            return known;
        var diffIds = entry.DiffIds.Select(Digest.Parse).ToList();
        if (!diffIds.All(store.Layers.Contains))
            return null;
        var configuration = store.ReadImage(Digest.Parse(entry.Manifest)).Configuration;
        var image = new ContainerImage(imageId, configuration.Config ?? new OciImageConfig(), store.Layers.Stack(diffIds, entry.Fixup), store.Layers.MountPoints());
        return containerImages.GetOrAdd(imageId, image);
    }

    public bool Hold(string imageId, string holderDirectory)
    {
        // Shared with whoever adds content: excludes only the collector, so the image cannot vanish between look and hold.
        using var noCollection = store.BeginAdding();
        if (store.Catalog.Read().Find(imageId) is not { } entry)
            return false;
        store.Holds.Add(new ImageHold(imageId, Path.GetFullPath(holderDirectory), ImageGarbageCollector.LayerNames(entry).ToList()));
        return true;
    }

    public void Release(string imageId, string holderDirectory) => store.Holds.Remove(imageId, Path.GetFullPath(holderDirectory));

    private static ImageRecord ToRecord(ImageEntry entry)
    {
        // "user:group": only the user matters here.
        var user = entry.User.Split(':')[0];
        var isNumber = long.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var uid);
        return new ImageRecord
        {
            Id = entry.Id,
            RepoTags = entry.Tags,
            RepoDigests = entry.Digests,
            SizeBytes = entry.SizeBytes,
            Uid = isNumber ? uid : null,
            Username = isNumber ? "" : user,
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Pulling image {Image}")]
    private partial void LogPulling(string image);

    [LoggerMessage(Level = LogLevel.Information, Message = "Pulled image {Image} as {ImageId}")]
    private partial void LogPulled(string image, string imageId);
}
