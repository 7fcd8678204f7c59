namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ModifyVolumeStatus")]
public sealed record ModifyVolumeStatus
{
    [Proto(1)]
    public string? TargetVolumeAttributesClassName { get; init; }

    [Proto(2), Required]
    public string? Status { get; init; }
}
