using System.Text.Json.Serialization;
using Orchestrator.Api.Serialization;

namespace Orchestrator.Api.Lab.V1Alpha1;

/// <summary>
/// What the scheduler found the last time it looked for a node for a pod: which plugin refused which node and why, and how the
/// others were rated. Has the name and namespace of its pod, and outlives it.
/// </summary>
[Resource("lab.orc.dev", "v1alpha1", "SchedulingTrace", "schedulingtraces", "schedulingtrace", Namespaced = true)]
public sealed record SchedulingTrace : KubernetesObject
{
    public SchedulingTrace()
    {
        ApiVersion = "lab.orc.dev/v1alpha1";
        Kind = "SchedulingTrace";
    }

    /// <summary>Which pod of that name.</summary>
    public string PodUid { get; init; } = "";

    /// <summary>How often the pod had been looked at, this time included.</summary>
    public int Attempt { get; init; }

    /// <summary>When the search began.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset Time { get; init; }

    /// <summary>How long it took.</summary>
    public long Microseconds { get; init; }

    /// <summary>The node that was chosen; absent when none could take the pod.</summary>
    public string? SelectedNode { get; init; }

    /// <summary>Why there is none, as in the pod's condition.</summary>
    public string? Message { get; init; }

    /// <summary>Nodes in the cluster. In a large one the search ends when enough of them can take the pod.</summary>
    public int Nodes { get; init; }

    /// <summary>The plugin that refused the pod before any node was looked at.</summary>
    public NodeRefusals? Refusal { get; init; }

    /// <summary>Nodes that cannot take the pod, by plugin and reason.</summary>
    public IReadOnlyList<NodeRefusals>? Refusals { get; init; }

    /// <summary>The plugins that rated the other nodes: the columns of <see cref="NodeRating.Scores"/>.</summary>
    public IReadOnlyList<RatingPlugin>? Plugins { get; init; }

    /// <summary>Nodes that can take the pod, best first.</summary>
    public IReadOnlyList<NodeRating>? Ratings { get; init; }

    /// <summary>How many more there were, all rated no better than those listed.</summary>
    public int? RatingsOmitted { get; init; }
}

/// <summary>A plugin's refusal of some nodes.</summary>
public sealed record NodeRefusals
{
    public string Plugin { get; init; } = "";

    public string Reason { get; init; } = "";

    /// <summary>How many nodes it holds for.</summary>
    public int Count { get; init; }

    /// <summary>Their names, or the first of them.</summary>
    public IReadOnlyList<string>? Nodes { get; init; }
}

/// <summary>A plugin that rates nodes.</summary>
public sealed record RatingPlugin
{
    public string Name { get; init; } = "";

    /// <summary>What its scores are multiplied by in the total.</summary>
    public int Weight { get; init; }
}

/// <summary>How one node was rated.</summary>
public sealed record NodeRating
{
    public string Node { get; init; } = "";

    /// <summary>The weighted sum.</summary>
    public long Total { get; init; }

    /// <summary>From 0 to 100, in the order of the plugins.</summary>
    public IReadOnlyList<long> Scores { get; init; } = [];
}
