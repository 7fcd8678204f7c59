namespace Orchestrator.Api.Core.V1;

/// <summary>Where a volume is mounted in a container.</summary>
[ProtoMessage("k8s.io.api.core.v1.VolumeMount")]
public sealed record VolumeMount
{
    /// <summary>Name of the volume.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(2)]
    public bool? ReadOnly { get; init; }

    /// <summary>Path in the container.</summary>
    [Proto(3), Required]
    public string? MountPath { get; init; }

    /// <summary>Path inside the volume.</summary>
    [Proto(4)]
    public string? SubPath { get; init; }

    /// <summary>Which mounts pass between node and container.</summary>
    [Proto(5)]
    public string? MountPropagation { get; init; }

    /// <summary>Path inside the volume in which $(VAR) is expanded.</summary>
    [Proto(6)]
    public string? SubPathExpr { get; init; }

    /// <summary>Whether mounts below a read-only mount are read-only too.</summary>
    [Proto(7)]
    public string? RecursiveReadOnly { get; init; }
}
