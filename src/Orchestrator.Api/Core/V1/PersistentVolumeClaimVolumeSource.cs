namespace Orchestrator.Api.Core.V1;

/// <summary>The volume of a claim.</summary>
[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeClaimVolumeSource")]
public sealed record PersistentVolumeClaimVolumeSource
{
    /// <summary>Name of the claim, in the pod's namespace.</summary>
    [Proto(1), Required]
    public string? ClaimName { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(2)]
    public bool? ReadOnly { get; init; }
}
