using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>What a claim that is made looks like.</summary>
[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeClaimTemplate")]
public sealed record PersistentVolumeClaimTemplate
{
    /// <summary>Name, labels, owner and bookkeeping.</summary>
    [Proto(1)]
    public ObjectMeta? Metadata { get; init; }

    /// <summary>What the user wants.</summary>
    [Proto(2), Required]
    public PersistentVolumeClaimSpec? Spec { get; init; }
}
