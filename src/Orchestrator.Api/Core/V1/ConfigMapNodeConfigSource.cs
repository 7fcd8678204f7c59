namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ConfigMapNodeConfigSource")]
public sealed record ConfigMapNodeConfigSource
{
    /// <summary>Namespace of the object.</summary>
    [Proto(1), Required]
    public string? Namespace { get; init; }

    /// <summary>Name of the object.</summary>
    [Proto(2), Required]
    public string? Name { get; init; }

    /// <summary>Unique id of the object in time and space.</summary>
    [Proto(3)]
    public string? Uid { get; init; }

    /// <summary>Version of the object in the store; changes with every write. Opaque to clients.</summary>
    [Proto(4)]
    public string? ResourceVersion { get; init; }

    /// <summary>Key that holds the configuration.</summary>
    [Proto(5), Required]
    public string? KubeletConfigKey { get; init; }
}
