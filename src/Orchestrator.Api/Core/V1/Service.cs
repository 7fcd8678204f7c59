using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>A stable address for a changing set of pods.</summary>
[ProtoMessage("k8s.io.api.core.v1.Service")]
[Resource("", "v1", "Service", "services", "service", Namespaced = true, ShortNames = ["svc"], Categories = ["all"])]
public sealed record Service : KubernetesObject
{
    public Service()
    {
        ApiVersion = "v1";
        Kind = "Service";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2)]
    public ServiceSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public ServiceStatus? Status { get; init; }
}
