using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Node")]
[Resource("", "v1", "Node", "nodes", "node", Namespaced = false, ShortNames = ["no"])]
public sealed record Node : KubernetesObject
{
    public Node()
    {
        ApiVersion = "v1";
        Kind = "Node";
    }

    [Proto(2)]
    public NodeSpec? Spec { get; init; }

    [Proto(3)]
    public NodeStatus? Status { get; init; }
}
