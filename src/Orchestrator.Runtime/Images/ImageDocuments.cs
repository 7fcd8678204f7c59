using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Images;

/// <summary>A manifest and its configuration, checked against each other and this machine.</summary>
internal sealed record ImageDocuments(
    Digest ManifestDigest, int ManifestBytes, ImageManifest Manifest, Digest ConfigDigest, byte[] ConfigBytes, ImageConfiguration Configuration,
    IReadOnlyList<Digest> DiffIds, long SizeBytes)
{
    /// <exception cref="RuntimeException">InvalidArgument, or FailedPrecondition for another platform.</exception>
    public static ImageDocuments Create(
        Digest manifestDigest, int manifestBytes, ImageManifest manifest, Digest configDigest, byte[] configBytes, ImageConfiguration configuration)
    {
        var diffIds = configuration.Rootfs.DiffIds;
        if (diffIds.Count != manifest.Layers.Count)
            throw Invalid($"the manifest has {manifest.Layers.Count} layers, the configuration {diffIds.Count}");
        if (diffIds.Count == 0)
            throw Invalid("it has no layers");
        if (diffIds.Count > ImageLimits.Layers)
            throw Invalid($"it has {diffIds.Count} layers, more than the {ImageLimits.Layers} that can be stacked");
        if (configuration.Os != "linux" || configuration.Architecture != ImageStore.Architecture)
        {
            throw new RuntimeException(
                RuntimeError.FailedPrecondition,
                $"image is for {configuration.Os}/{configuration.Architecture}, this machine is linux/{ImageStore.Architecture}: no match for platform in manifest");
        }

        var size = manifestBytes + (long)configBytes.Length + manifest.Layers.Sum(l => l.Size);
        return new(manifestDigest, manifestBytes, manifest, configDigest, configBytes, configuration, diffIds.Select(Digest.Parse).ToList(), size);

        RuntimeException Invalid(string problem) => new(RuntimeError.InvalidArgument, $"image manifest {manifestDigest} is not valid: {problem}");
    }
}
