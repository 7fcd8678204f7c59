namespace Orchestrator.Api.Meta.V1;

/// <summary>Selects objects by their labels; all requirements must hold, none at all selects everything.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.LabelSelector")]
public sealed record LabelSelector
{
    /// <summary>Labels that must have these values.</summary>
    [Proto(1)]
    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }

    /// <summary>Requirements that must all hold.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<LabelSelectorRequirement>? MatchExpressions { get; init; }
}
