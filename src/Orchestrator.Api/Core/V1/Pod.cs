using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>Containers that run together on one node.</summary>
[ProtoMessage("k8s.io.api.core.v1.Pod")]
[Resource("", "v1", "Pod", "pods", "pod", Namespaced = true, ShortNames = ["po"], Categories = ["all"])]
public sealed record Pod : KubernetesObject
{
    public Pod()
    {
        ApiVersion = "v1";
        Kind = "Pod";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2)]
    public PodSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public PodStatus? Status { get; init; }
}
