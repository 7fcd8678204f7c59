using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Apps.V1;

[ProtoMessage("k8s.io.api.apps.v1.ReplicaSetSpec")]
public sealed record ReplicaSetSpec
{
    [Proto(1), Default(1)]
    public int? Replicas { get; init; }

    [Proto(2), Required]
    public LabelSelector? Selector { get; init; }

    [Proto(3)]
    public PodTemplateSpec? Template { get; init; }

    [Proto(4)]
    public int? MinReadySeconds { get; init; }
}
