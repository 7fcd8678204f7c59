using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Pod")]
[Resource("", "v1", "Pod", "pods", "pod", Namespaced = true, ShortNames = ["po"], Categories = ["all"])]
public sealed record Pod : KubernetesObject
{
    public Pod()
    {
        ApiVersion = "v1";
        Kind = "Pod";
    }

    [Proto(2)]
    public PodSpec? Spec { get; init; }

    [Proto(3)]
    public PodStatus? Status { get; init; }
}
