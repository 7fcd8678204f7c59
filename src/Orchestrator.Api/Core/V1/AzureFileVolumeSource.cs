namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.AzureFileVolumeSource")]
public sealed record AzureFileVolumeSource
{
    /// <summary>Name of the secret.</summary>
    [Proto(1), Required]
    public string? SecretName { get; init; }

    /// <summary>Name of the share.</summary>
    [Proto(2), Required]
    public string? ShareName { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(3)]
    public bool? ReadOnly { get; init; }
}
