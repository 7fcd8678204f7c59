using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>A request for storage.</summary>
[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeClaim")]
[Resource("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "persistentvolumeclaim", Namespaced = true, ShortNames = ["pvc"])]
public sealed record PersistentVolumeClaim : KubernetesObject
{
    public PersistentVolumeClaim()
    {
        ApiVersion = "v1";
        Kind = "PersistentVolumeClaim";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2)]
    public PersistentVolumeClaimSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public PersistentVolumeClaimStatus? Status { get; init; }
}
