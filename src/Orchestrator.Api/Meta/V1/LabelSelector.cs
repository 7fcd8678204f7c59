namespace Orchestrator.Api.Meta.V1;

[MapAtomic]
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.LabelSelector")]
public sealed record LabelSelector
{
    [Proto(1)]
    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<LabelSelectorRequirement>? MatchExpressions { get; init; }
}
