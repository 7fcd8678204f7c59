namespace Orchestrator.Runtime.Snapshots;

/// <summary>
/// The read-only side of the images on this machine, as the container half of the runtime sees it: what to put under an
/// overlay, and what the image says about the process. Members may be called concurrently and do no network I/O.
/// </summary>
public interface IImageFilesystem
{
    /// <summary>The unpacked image with this id ("sha256:…" of its configuration), or null when it is not here or not complete.</summary>
    ContainerImage? Find(string imageId);

    /// <summary>
    /// Keeps the image and its layer directories for as long as <paramref name="holderDirectory"/> exists (a container's state
    /// directory) or until <see cref="Release"/>. A hold is kept on disk: it outlives this process and binds every process that
    /// shares the image store. Holding twice is one hold.
    /// </summary>
    /// <returns>False when the image is gone, in which case nothing is held.</returns>
    bool Hold(string imageId, string holderDirectory);

    /// <summary>Gives up the hold; a hold that does not exist is no error.</summary>
    void Release(string imageId, string holderDirectory);
}
