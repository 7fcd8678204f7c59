using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>A machine that runs pods.</summary>
[ProtoMessage("k8s.io.api.core.v1.Node")]
[Resource("", "v1", "Node", "nodes", "node", Namespaced = false, ShortNames = ["no"])]
public sealed record Node : KubernetesObject
{
    public Node()
    {
        ApiVersion = "v1";
        Kind = "Node";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2)]
    public NodeSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public NodeStatus? Status { get; init; }
}
