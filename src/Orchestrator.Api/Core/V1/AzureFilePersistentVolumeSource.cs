namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.AzureFilePersistentVolumeSource")]
public sealed record AzureFilePersistentVolumeSource
{
    [Proto(1), Required]
    public string? SecretName { get; init; }

    [Proto(2), Required]
    public string? ShareName { get; init; }

    [Proto(3)]
    public bool? ReadOnly { get; init; }

    [Proto(4)]
    public string? SecretNamespace { get; init; }
}
