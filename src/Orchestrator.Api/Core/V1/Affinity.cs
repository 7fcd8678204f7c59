namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Affinity")]
public sealed record Affinity
{
    [Proto(1)]
    public NodeAffinity? NodeAffinity { get; init; }

    [Proto(2)]
    public PodAffinity? PodAffinity { get; init; }

    [Proto(3)]
    public PodAntiAffinity? PodAntiAffinity { get; init; }
}
