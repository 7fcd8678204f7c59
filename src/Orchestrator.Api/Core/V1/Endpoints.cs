using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>The backends of a Service in the older form.</summary>
[ProtoMessage("k8s.io.api.core.v1.Endpoints")]
[Resource("", "v1", "Endpoints", "endpoints", "endpoints", Namespaced = true, ShortNames = ["ep"])]
public sealed record Endpoints : KubernetesObject
{
    public Endpoints()
    {
        ApiVersion = "v1";
        Kind = "Endpoints";
    }

    /// <summary>Addresses and ports, grouped.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<EndpointSubset>? Subsets { get; init; }
}
