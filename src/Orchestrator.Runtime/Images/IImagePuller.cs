using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Images;

/// <summary>Fetches an image from where its name says it is into a store.</summary>
public interface IImagePuller
{
    /// <returns>The image id.</returns>
    /// <exception cref="RuntimeException">NotFound, Unauthorized, Unavailable, InvalidArgument or FailedPrecondition, with a message for the pod's owner.</exception>
    Task<string> PullAsync(ImageStore store, ImageReference reference, RegistryAuth? auth, CancellationToken cancellationToken);
}
