using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Policy.V1;

[ProtoMessage("k8s.io.api.policy.v1.Eviction")]
[Resource("policy", "v1", "Eviction", "evictions", "eviction", Namespaced = true)]
public sealed record Eviction : KubernetesObject
{
    public Eviction()
    {
        ApiVersion = "policy/v1";
        Kind = "Eviction";
    }

    [Proto(2)]
    public DeleteOptions? DeleteOptions { get; init; }
}
