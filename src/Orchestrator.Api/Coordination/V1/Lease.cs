using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Coordination.V1;

/// <summary>A claim that must be renewed, for leader election and heartbeats.</summary>
[ProtoMessage("k8s.io.api.coordination.v1.Lease")]
[Resource("coordination.k8s.io", "v1", "Lease", "leases", "lease", Namespaced = true)]
public sealed record Lease : KubernetesObject
{
    public Lease()
    {
        ApiVersion = "coordination.k8s.io/v1";
        Kind = "Lease";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2)]
    public LeaseSpec? Spec { get; init; }
}
