using Orchestrator.Api;

namespace Orchestrator.Scheduler.Tracing;

/// <summary>One attempt to place a pod: what every plugin said of every node that was looked at. Immutable.</summary>
/// <param name="Attempt">From 1.</param>
/// <param name="NodeCount">Nodes in the cluster.</param>
/// <param name="SelectedNode">Null when no node could take the pod.</param>
/// <param name="Message">Why there is none, as in the pod's condition; empty otherwise.</param>
/// <param name="Refusal">Set when a plugin refused the pod before any node was looked at.</param>
/// <param name="ScorePlugins">The columns of <see cref="NodeScores.Scores"/>.</param>
public sealed record PlacementTrace(
    ObjectKey Pod, string PodUid, int Attempt, DateTimeOffset At, TimeSpan Duration, int NodeCount, string? SelectedNode, string Message,
    NodeRejection? Refusal, IReadOnlyList<NodeRejection> Rejections, IReadOnlyList<ScoreColumn> ScorePlugins, IReadOnlyList<NodeScores> Scores);

/// <summary>A node that a filter refused.</summary>
public readonly record struct NodeRejection(string Node, string Plugin, string Reason);

/// <param name="Weight">What the plugin's scores are multiplied by in the sum.</param>
public readonly record struct ScoreColumn(string Plugin, int Weight);

/// <param name="Total">The weighted sum.</param>
public readonly record struct NodeScores(string Node, long Total, IReadOnlyList<long> Scores);
