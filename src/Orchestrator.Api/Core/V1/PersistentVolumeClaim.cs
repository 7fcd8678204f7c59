using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeClaim")]
[Resource("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "persistentvolumeclaim", Namespaced = true, ShortNames = ["pvc"])]
public sealed record PersistentVolumeClaim : KubernetesObject
{
    public PersistentVolumeClaim()
    {
        ApiVersion = "v1";
        Kind = "PersistentVolumeClaim";
    }

    [Proto(2)]
    public PersistentVolumeClaimSpec? Spec { get; init; }

    [Proto(3)]
    public PersistentVolumeClaimStatus? Status { get; init; }
}
