using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Policy.V1;

/// <summary>Asks a pod to go, if its disruption budget allows.</summary>
[ProtoMessage("k8s.io.api.policy.v1.Eviction")]
[Resource("policy", "v1", "Eviction", "evictions", "eviction", Namespaced = true)]
public sealed record Eviction : KubernetesObject
{
    public Eviction()
    {
        ApiVersion = "policy/v1";
        Kind = "Eviction";
    }

    /// <summary>Options of the deletion.</summary>
    [Proto(2)]
    public DeleteOptions? DeleteOptions { get; init; }
}
