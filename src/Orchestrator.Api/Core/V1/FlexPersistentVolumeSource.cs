namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.FlexPersistentVolumeSource")]
public sealed record FlexPersistentVolumeSource
{
    /// <summary>Name of the driver.</summary>
    [Proto(1), Required]
    public string? Driver { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(2)]
    public string? FsType { get; init; }

    /// <summary>Secret with the credentials.</summary>
    [Proto(3)]
    public SecretReference? SecretRef { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(4)]
    public bool? ReadOnly { get; init; }

    /// <summary>Resolver options.</summary>
    [Proto(5)]
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
