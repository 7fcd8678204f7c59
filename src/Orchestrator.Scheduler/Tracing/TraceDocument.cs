using Orchestrator.Api.Lab.V1Alpha1;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Scheduler.Tracing;

/// <summary>
/// A trace in the form others read. It is bounded whatever the size of the cluster: of the nodes that can take the pod the best are
/// listed, of those that cannot some are named and all are counted. A small cluster's is complete.
/// </summary>
internal static class TraceDocument
{
    public const int MaxRatings = 32;
    public const int MaxNamesPerReason = 16;
    public const int MaxReasons = 16;

    public static SchedulingTrace Of(PlacementTrace trace) => new()
    {
        Metadata = new ObjectMeta { Name = trace.Pod.Name, Namespace = trace.Pod.Namespace, CreationTimestamp = trace.At },
        PodUid = trace.PodUid,
        Attempt = trace.Attempt,
        Time = trace.At,
        Microseconds = (long)trace.Duration.TotalMicroseconds,
        SelectedNode = trace.SelectedNode,
        Message = trace.Message.Length == 0 ? null : trace.Message,
        Nodes = trace.NodeCount,
        Refusal = trace.Refusal is { } refusal ? new NodeRefusals { Plugin = refusal.Plugin, Reason = refusal.Reason, Count = trace.NodeCount } : null,
        Refusals = trace.Rejections.Count == 0 ? null : Group(trace.Rejections),
        Plugins = trace.ScorePlugins.Count == 0 ? null : [.. trace.ScorePlugins.Select(column => new RatingPlugin { Name = column.Plugin, Weight = column.Weight })],
        Ratings = trace.Scores.Count == 0 ? null : [.. Best(trace).Select(row => new NodeRating { Node = row.Node, Total = row.Total, Scores = row.Scores })],
        RatingsOmitted = trace.Scores.Count > MaxRatings ? trace.Scores.Count - MaxRatings : null,
    };

    private static List<NodeRefusals> Group(IReadOnlyList<NodeRejection> rejections) =>
    [
        .. rejections.GroupBy(rejection => (rejection.Plugin, rejection.Reason))
            .Select(group => new NodeRefusals
            {
                Plugin = group.Key.Plugin,
                Reason = group.Key.Reason,
                Count = group.Count(),
                Nodes = [.. group.Select(rejection => rejection.Node).Order(StringComparer.Ordinal).Take(MaxNamesPerReason)],
            })
            .OrderByDescending(group => group.Count).ThenBy(group => group.Reason, StringComparer.Ordinal).Take(MaxReasons),
    ];

    // The chosen one first: among equals it may be any of them.
    private static IEnumerable<NodeScores> Best(PlacementTrace trace) => trace.Scores
        .OrderByDescending(row => row.Node == trace.SelectedNode).ThenByDescending(row => row.Total).ThenBy(row => row.Node, StringComparer.Ordinal).Take(MaxRatings);
}
