namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NFSVolumeSource")]
public sealed record NFSVolumeSource
{
    [Proto(1), Required]
    public string? Server { get; init; }

    [Proto(2), Required]
    public string? Path { get; init; }

    [Proto(3)]
    public bool? ReadOnly { get; init; }
}
