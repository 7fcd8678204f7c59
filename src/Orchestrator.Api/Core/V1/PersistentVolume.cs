using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>A piece of storage of the cluster.</summary>
[ProtoMessage("k8s.io.api.core.v1.PersistentVolume")]
[Resource("", "v1", "PersistentVolume", "persistentvolumes", "persistentvolume", Namespaced = false, ShortNames = ["pv"])]
public sealed record PersistentVolume : KubernetesObject
{
    public PersistentVolume()
    {
        ApiVersion = "v1";
        Kind = "PersistentVolume";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2)]
    public PersistentVolumeSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public PersistentVolumeStatus? Status { get; init; }
}
