namespace Orchestrator.Api.Core.V1;

/// <summary>An image on a node.</summary>
[ProtoMessage("k8s.io.api.core.v1.ContainerImage")]
public sealed record ContainerImage
{
    /// <summary>Names of the image.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Size in bytes.</summary>
    [Proto(2)]
    public long? SizeBytes { get; init; }
}
