using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeClaimTemplate")]
public sealed record PersistentVolumeClaimTemplate
{
    [Proto(1)]
    public ObjectMeta? Metadata { get; init; }

    [Proto(2), Required]
    public PersistentVolumeClaimSpec? Spec { get; init; }
}
