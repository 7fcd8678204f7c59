namespace Orchestrator.Api.Core.V1;

/// <summary>An NFS export.</summary>
[ProtoMessage("k8s.io.api.core.v1.NFSVolumeSource")]
public sealed record NFSVolumeSource
{
    /// <summary>Name or address of the server.</summary>
    [Proto(1), Required]
    public string? Server { get; init; }

    /// <summary>Path of the file or directory.</summary>
    [Proto(2), Required]
    public string? Path { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(3)]
    public bool? ReadOnly { get; init; }
}
