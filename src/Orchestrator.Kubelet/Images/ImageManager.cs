using System.Globalization;
using Orchestrator.Kubelet.Events;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Images;

/// <summary>An image to run from, or why there is none and when to ask again.</summary>
internal sealed record ImageResult(Cri.ImageRecord? Image, string Reason = "", string Message = "", TimeSpan RetryAfter = default);

/// <summary>Makes a container's image present as its pull policy says. Failed pulls back off per pod and image.</summary>
internal sealed class ImageManager(
    Cri.IImageService images, PullSecrets secrets, IPodEvents events, KubeletOptions options, TimeProvider time) : IDisposable
{
    public const string ErrImagePull = nameof(ErrImagePull);
    public const string ImagePullBackOff = nameof(ImagePullBackOff);

    /// <summary>How long ErrImagePull stands before it turns to ImagePullBackOff.</summary>
    private static readonly TimeSpan ErrorShownFor = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim pullSlots = new(options.MaxParallelImagePulls);
    private readonly Lock failuresLock = new();
    private readonly Dictionary<(string PodUid, string Image), PullFailure> failures = [];

    private sealed record PullFailure(RestartBackOff BackOff, string Message);

    public async Task<ImageResult> EnsureAsync(Pod pod, PodContainer container, CancellationToken cancellationToken)
    {
        var image = container.Spec.Image ?? "";
        if (!ImageReference.IsValid(image))
        {
            var message = $"Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": invalid reference format";
            events.Warning(pod, EventReason.InspectFailed, message, container);
            return new(null, "InvalidImageName", message, options.ImagePullMaximumDelay);
        }

        var policy = container.Spec.ImagePullPolicy ?? ImageReference.DefaultPullPolicy(image);
        if (policy != "Always")
        {
            if (await images.ImageStatusAsync(image, cancellationToken) is { } present)
            {
                events.Normal(pod, EventReason.Pulled, $"Container image \"{image}\" already present on machine and can be accessed by the pod", container);
                return new(present);
            }

            if (policy == "Never")
            {
                var message = $"Container image \"{image}\" is not present with pull policy of Never";
                events.Warning(pod, EventReason.ErrImageNeverPull, message, container);
                return new(null, EventReason.ErrImageNeverPull, message, options.ImagePullInitialDelay);
            }
        }

        return BackingOff(pod, container, image) ?? await PullAsync(pod, container, image, cancellationToken);
    }

    /// <summary>The pod is gone; its failures are of no more interest.</summary>
    public void Forget(string podUid)
    {
        lock (failuresLock)
        {
            foreach (var key in failures.Keys.Where(key => key.PodUid == podUid).ToList())
                failures.Remove(key);
        }
    }

    public void Dispose() => pullSlots.Dispose();

    private ImageResult? BackingOff(Pod pod, PodContainer container, string image)
    {
        lock (failuresLock)
        {
            if (!failures.TryGetValue((pod.Uid(), image), out var failure))
                return null;
            var now = time.GetUtcNow();
            if (failure.BackOff.Until(failure.BackOff.Since, options.ImagePullMaximumDelay, now) is not { } until)
                return null;
            var message = $"Back-off pulling image \"{image}\"";
            events.Normal(pod, EventReason.BackOff, message, container);
            events.Warning(pod, EventReason.Failed, $"Error: {ImagePullBackOff}", container);
            return new(null, ImagePullBackOff, $"{message}: {ErrImagePull}: {failure.Message}", until - now);
        }
    }

    private async Task<ImageResult> PullAsync(Pod pod, PodContainer container, string image, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        await pullSlots.WaitAsync(cancellationToken);
        try
        {
            events.Normal(pod, EventReason.Pulling, $"Pulling image \"{image}\"", container);
            var begun = time.GetTimestamp();
            await PullWithSecretsAsync(pod, image, cancellationToken);
            var record = await images.ImageStatusAsync(image, cancellationToken)
                ?? throw new Cri.RuntimeException(Cri.RuntimeError.NotFound, $"image \"{image}\" was pulled and is gone again");
            var (pulling, waiting) = (Seconds(time.GetElapsedTime(begun)), Seconds(time.GetElapsedTime(asked)));
            events.Normal(pod, EventReason.Pulled, $"Successfully pulled image \"{image}\" in {pulling} ({waiting} including waiting). Image size: {record.SizeBytes} bytes.", container);
            lock (failuresLock)
                failures.Remove((pod.Uid(), image));
            return new(record);
        }
        catch (Cri.RuntimeException failure)
        {
            return Failed(pod, container, image, failure.Message);
        }
        finally
        {
            pullSlots.Release();
        }
    }

    /// <summary>Tries each credential, then none; the first refusal that is not about credentials ends it.</summary>
    private async Task PullWithSecretsAsync(Pod pod, string image, CancellationToken cancellationToken)
    {
        foreach (var auth in await secrets.FindAsync(pod, image, cancellationToken))
        {
            try
            {
                await images.PullImageAsync(image, auth, cancellationToken);
                return;
            }
            catch (Cri.RuntimeException refused) when (refused.Error == Cri.RuntimeError.Unauthorized)
            {
                // The next credential may do; the last word is the attempt without any.
            }
        }

        await images.PullImageAsync(image, null, cancellationToken);
    }

    private ImageResult Failed(Pod pod, PodContainer container, string image, string error)
    {
        events.Warning(pod, EventReason.Failed, $"Failed to pull image \"{image}\": {error}", container);
        events.Warning(pod, EventReason.Failed, $"Error: {ErrImagePull}", container);
        lock (failuresLock)
        {
            var now = time.GetUtcNow();
            var before = failures.GetValueOrDefault((pod.Uid(), image))?.BackOff ?? default;
            failures[(pod.Uid(), image)] = new(before.Next(now, options.ImagePullInitialDelay, options.ImagePullMaximumDelay, now), error);
        }

        return new(null, ErrImagePull, error, ErrorShownFor);
    }

    private static string Seconds(TimeSpan span) => span < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalMilliseconds}ms")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###}s");
}
