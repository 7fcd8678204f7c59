namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.QuobyteVolumeSource")]
public sealed record QuobyteVolumeSource
{
    [Proto(1), Required]
    public string? Registry { get; init; }

    [Proto(2), Required]
    public string? Volume { get; init; }

    [Proto(3)]
    public bool? ReadOnly { get; init; }

    [Proto(4)]
    public string? User { get; init; }

    [Proto(5)]
    public string? Group { get; init; }

    [Proto(6)]
    public string? Tenant { get; init; }
}
