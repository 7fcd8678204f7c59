namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.VolumeNodeAffinity")]
public sealed record VolumeNodeAffinity
{
    [Proto(1)]
    public NodeSelector? Required { get; init; }
}
