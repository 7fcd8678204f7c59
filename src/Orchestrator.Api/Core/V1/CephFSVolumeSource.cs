namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.CephFSVolumeSource")]
public sealed record CephFSVolumeSource
{
    /// <summary>Addresses of the cluster's monitors.</summary>
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<string>? Monitors { get; init; }

    /// <summary>Path of the file or directory.</summary>
    [Proto(2)]
    public string? Path { get; init; }

    /// <summary>User name.</summary>
    [Proto(3)]
    public string? User { get; init; }

    /// <summary>File that holds the user's key.</summary>
    [Proto(4)]
    public string? SecretFile { get; init; }

    /// <summary>Secret with the credentials.</summary>
    [Proto(5)]
    public LocalObjectReference? SecretRef { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(6)]
    public bool? ReadOnly { get; init; }
}
