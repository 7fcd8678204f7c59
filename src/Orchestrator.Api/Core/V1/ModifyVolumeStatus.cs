namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ModifyVolumeStatus")]
public sealed record ModifyVolumeStatus
{
    /// <summary>Class the volume is being changed to.</summary>
    [Proto(1)]
    public string? TargetVolumeAttributesClassName { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(2), Required]
    public string? Status { get; init; }
}
