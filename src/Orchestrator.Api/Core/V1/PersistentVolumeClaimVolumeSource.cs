namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeClaimVolumeSource")]
public sealed record PersistentVolumeClaimVolumeSource
{
    [Proto(1), Required]
    public string? ClaimName { get; init; }

    [Proto(2)]
    public bool? ReadOnly { get; init; }
}
