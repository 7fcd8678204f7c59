namespace Orchestrator.Runtime.Images;

/// <summary>Which of an index's manifests are for this machine.</summary>
internal static class PlatformSelector
{
    public static bool Fits(Platform platform) => platform.Os == "linux" && platform.Architecture == ImageStore.Architecture;

    /// <summary>Build provenance is stored as a manifest of platform unknown/unknown, or marked by an annotation.</summary>
    public static bool IsAttestation(Descriptor descriptor) =>
        descriptor.Annotations?.ContainsKey("vnd.docker.reference.type") == true || descriptor.Platform?.Os == "unknown";

    /// <summary>The manifest for this machine, or the only one there is when it names no platform.</summary>
    public static Descriptor? Select(ImageIndex index)
    {
        var candidates = index.Manifests.Where(m => !IsAttestation(m)).ToList();
        return candidates.FirstOrDefault(m => m.Platform is { } platform && Fits(platform))
            ?? (candidates is [{ Platform: null } only] ? only : null);
    }
}
