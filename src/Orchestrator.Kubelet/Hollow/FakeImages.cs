using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Kubelet.Hollow;

/// <summary>Images of a hollow node: every image can be pulled, unless it is said to fail. Thread-safe.</summary>
public sealed class FakeImages : Cri.IImageService
{
    private readonly ConcurrentDictionary<string, Cri.ImageRecord> images = new(StringComparer.Ordinal);

    /// <summary>Images whose pull fails, and how.</summary>
    public ConcurrentDictionary<string, Cri.RuntimeException> PullFailures { get; } = new(StringComparer.Ordinal);

    /// <summary>Credentials of each successful pull, in order.</summary>
    public ConcurrentQueue<(string Image, Cri.RegistryAuth? Auth)> Pulls { get; } = new();

    public void Add(string image, long? uid = null, string username = "", string? id = null) => images[image] = new()
    {
        Id = id ?? "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image))), RepoTags = [image],
        RepoDigests = [$"{image.Split(':')[0]}@sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image)))}"],
        SizeBytes = 1000 + image.Length, Uid = uid, Username = username,
    };

    public Task<IReadOnlyList<Cri.ImageRecord>> ListImagesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Cri.ImageRecord>>([.. images.Values]);

    public Task<Cri.ImageRecord?> ImageStatusAsync(string image, CancellationToken cancellationToken) =>
        Task.FromResult(images.GetValueOrDefault(image) ?? images.Values.FirstOrDefault(candidate => candidate.Id == image));

    public Task<string> PullImageAsync(string image, Cri.RegistryAuth? auth, CancellationToken cancellationToken)
    {
        if (PullFailures.TryGetValue(image, out var failure))
            throw new Cri.RuntimeException(failure.Error, failure.Message);
        Pulls.Enqueue((image, auth));
        if (!images.ContainsKey(image))
            Add(image);
        return Task.FromResult(images[image].Id);
    }

    public Task RemoveImageAsync(string image, CancellationToken cancellationToken)
    {
        images.TryRemove(image, out _);
        return Task.CompletedTask;
    }

    public Task<Cri.FilesystemUsage> ImageFilesystemUsageAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new Cri.FilesystemUsage("/", 0, 0));
}
