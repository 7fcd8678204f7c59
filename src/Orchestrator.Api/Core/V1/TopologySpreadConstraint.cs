using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>How matching pods spread over domains.</summary>
[ProtoMessage("k8s.io.api.core.v1.TopologySpreadConstraint")]
public sealed record TopologySpreadConstraint
{
    /// <summary>Largest difference in the number of matching pods between domains.</summary>
    [Proto(1), Required]
    public int? MaxSkew { get; init; }

    /// <summary>Node label whose values are the domains.</summary>
    [Proto(2), Required]
    public string? TopologyKey { get; init; }

    /// <summary>DoNotSchedule or ScheduleAnyway.</summary>
    [Proto(3), Required]
    public string? WhenUnsatisfiable { get; init; }

    /// <summary>Selects objects by their labels.</summary>
    [Proto(4)]
    public LabelSelector? LabelSelector { get; init; }

    /// <summary>Fewest domains that should exist.</summary>
    [Proto(5)]
    public int? MinDomains { get; init; }

    /// <summary>Whether nodes that the pod's affinity excludes count: Honor or Ignore.</summary>
    [Proto(6)]
    public string? NodeAffinityPolicy { get; init; }

    /// <summary>Whether nodes that the pod does not tolerate count: Honor or Ignore.</summary>
    [Proto(7)]
    public string? NodeTaintsPolicy { get; init; }

    /// <summary>Label keys whose values are taken from the pod and added to the selector.</summary>
    [Proto(8), ListAtomic]
    public IReadOnlyList<string>? MatchLabelKeys { get; init; }
}
