using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Apps.V1;

/// <summary>Keeps a number of pods running.</summary>
[ProtoMessage("k8s.io.api.apps.v1.ReplicaSet")]
[Resource("apps", "v1", "ReplicaSet", "replicasets", "replicaset", Namespaced = true, ShortNames = ["rs"], Categories = ["all"])]
public sealed record ReplicaSet : KubernetesObject
{
    public ReplicaSet()
    {
        ApiVersion = "apps/v1";
        Kind = "ReplicaSet";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2)]
    public ReplicaSetSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public ReplicaSetStatus? Status { get; init; }
}
