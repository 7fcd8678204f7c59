namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeSpec")]
public sealed record NodeSpec
{
    [Proto(1)]
    public string? PodCIDR { get; init; }

    [Proto(2)]
    public string? ExternalID { get; init; }

    [Proto(3)]
    public string? ProviderID { get; init; }

    [Proto(4)]
    public bool? Unschedulable { get; init; }

    [Proto(5), ListAtomic]
    public IReadOnlyList<Taint>? Taints { get; init; }

    [Proto(6)]
    public NodeConfigSource? ConfigSource { get; init; }

    [Proto(7), ListSet, PatchMerge]
    public IReadOnlyList<string>? PodCIDRs { get; init; }
}
