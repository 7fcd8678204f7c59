namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.AzureFileVolumeSource")]
public sealed record AzureFileVolumeSource
{
    [Proto(1), Required]
    public string? SecretName { get; init; }

    [Proto(2), Required]
    public string? ShareName { get; init; }

    [Proto(3)]
    public bool? ReadOnly { get; init; }
}
