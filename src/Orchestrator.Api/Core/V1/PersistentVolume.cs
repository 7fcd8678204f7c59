using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PersistentVolume")]
[Resource("", "v1", "PersistentVolume", "persistentvolumes", "persistentvolume", Namespaced = false, ShortNames = ["pv"])]
public sealed record PersistentVolume : KubernetesObject
{
    public PersistentVolume()
    {
        ApiVersion = "v1";
        Kind = "PersistentVolume";
    }

    [Proto(2)]
    public PersistentVolumeSpec? Spec { get; init; }

    [Proto(3)]
    public PersistentVolumeStatus? Status { get; init; }
}
