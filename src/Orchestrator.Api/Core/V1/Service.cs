using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Service")]
[Resource("", "v1", "Service", "services", "service", Namespaced = true, ShortNames = ["svc"], Categories = ["all"])]
public sealed record Service : KubernetesObject
{
    public Service()
    {
        ApiVersion = "v1";
        Kind = "Service";
    }

    [Proto(2)]
    public ServiceSpec? Spec { get; init; }

    [Proto(3)]
    public ServiceStatus? Status { get; init; }
}
