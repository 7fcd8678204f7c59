namespace Orchestrator.Scheduler.Framework;

/// <summary>
/// A scheduling plugin: a pure function of the pod and of the snapshot taken for one cycle. Plugins are shared by all cycles and
/// keep no state of their own; what one computes before filtering goes into <see cref="SchedulingCycle.State"/>.
/// </summary>
public interface ISchedulingPlugin
{
    /// <summary>Kubernetes' name of the plugin; stable, shown in traces.</summary>
    string Name { get; }
}

/// <summary>Looks at the pod once before the nodes are filtered; may refuse it altogether.</summary>
public interface IPreFilterPlugin : ISchedulingPlugin
{
    Verdict PreFilter(SchedulingCycle cycle);
}

/// <summary>Says whether one node can run the pod.</summary>
public interface IFilterPlugin : ISchedulingPlugin
{
    Verdict Filter(SchedulingCycle cycle, NodeInfo node);
}

/// <summary>Rates the nodes that can run the pod.</summary>
public interface IScorePlugin : ISchedulingPlugin
{
    /// <summary>Highest score after <see cref="Normalize"/>.</summary>
    const long MaxScore = 100;

    /// <summary>What the score is multiplied by in the sum (Kubernetes' default weights).</summary>
    int Weight { get; }

    /// <summary>Whether this pod gives the plugin anything to rate; when not, the plugin is left out of the cycle.</summary>
    bool PreScore(SchedulingCycle cycle, IReadOnlyList<NodeInfo> feasible) => true;

    /// <summary>A raw score on any scale.</summary>
    long Score(SchedulingCycle cycle, NodeInfo node);

    /// <summary>Brings the raw scores to 0..<see cref="MaxScore"/>, in place.</summary>
    void Normalize(SchedulingCycle cycle, Span<long> scores)
    {
    }
}

/// <summary>A plugin's answer.</summary>
/// <param name="Reason">Null when the node (or pod) passes; else what a user can act on.</param>
/// <param name="Unresolvable">Removing other pods would not help.</param>
public readonly record struct Verdict(string? Reason, bool Unresolvable = false)
{
    public static Verdict Pass => default;

    public bool Passes => Reason is null;

    public static Verdict Reject(string reason) => new(reason);

    public static Verdict RejectForGood(string reason) => new(reason, Unresolvable: true);
}

/// <summary>Scales raw scores so that the best becomes <see cref="IScorePlugin.MaxScore"/>.</summary>
internal static class ScoreScale
{
    public static void Normalize(Span<long> scores, bool reverse)
    {
        long highest = 0;
        foreach (var score in scores)
            highest = Math.Max(highest, score);
        for (var i = 0; i < scores.Length; i++)
        {
            var scaled = highest == 0 ? 0 : scores[i] * IScorePlugin.MaxScore / highest;
            scores[i] = reverse ? IScorePlugin.MaxScore - scaled : scaled;
        }
    }
}
