using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Endpoints")]
[Resource("", "v1", "Endpoints", "endpoints", "endpoints", Namespaced = true, ShortNames = ["ep"])]
public sealed record Endpoints : KubernetesObject
{
    public Endpoints()
    {
        ApiVersion = "v1";
        Kind = "Endpoints";
    }

    [Proto(2), ListAtomic]
    public IReadOnlyList<EndpointSubset>? Subsets { get; init; }
}
