namespace Orchestrator.Api.Core.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.FileKeySelector")]
public sealed record FileKeySelector
{
    /// <summary>Name of the volume.</summary>
    [Proto(1), Required]
    public string? VolumeName { get; init; }

    /// <summary>Path of the file or directory.</summary>
    [Proto(2), Required]
    public string? Path { get; init; }

    /// <summary>The key.</summary>
    [Proto(3), Required]
    public string? Key { get; init; }

    /// <summary>Whether it may be missing.</summary>
    [Proto(4)]
    public bool? Optional { get; init; }
}
