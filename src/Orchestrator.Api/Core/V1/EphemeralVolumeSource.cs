namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.EphemeralVolumeSource")]
public sealed record EphemeralVolumeSource
{
    /// <summary>Claim that is made for the pod.</summary>
    [Proto(1)]
    public PersistentVolumeClaimTemplate? VolumeClaimTemplate { get; init; }
}
