using Orchestrator.Scheduler.Tracing;

namespace Orchestrator.Scheduler.Framework;

/// <summary>
/// One decision: filters nodes, rates those that pass, picks the best. Pure but for the injected random (ties) and the place where
/// the next search starts, so that with many nodes all get their turn. Not thread-safe: the scheduling loop owns it.
/// </summary>
internal sealed class PlacementAlgorithm(PluginSet plugins, Random random)
{
    // Kubernetes' rule for large clusters: look until this share of nodes passed, from 50 % down to 5 %, at least 100.
    private const int MinFeasibleNodes = 100;
    private const int MinFeasiblePercent = 5;

    private int nextStart;

    public Placement Place(SchedulingCycle cycle)
    {
        foreach (var plugin in plugins.PreFilters)
        {
            if (plugin.PreFilter(cycle) is { Passes: false } verdict)
                return Placement.Refused(plugin.Name, verdict.Reason!);
        }

        var rejections = new List<NodeRejection>();
        var feasible = FindFeasible(cycle, rejections);
        if (feasible.Count == 0)
            return new Placement { Rejections = rejections };
        var (raters, table) = Rate(cycle, feasible);
        return new Placement { Node = Pick(table), Rejections = rejections, ScorePlugins = raters, Scores = table };
    }

    internal static int FeasibleWanted(int nodes)
    {
        if (nodes < MinFeasibleNodes)
            return nodes;
        var percent = Math.Max(MinFeasiblePercent, 50 - nodes / 125);
        return Math.Max(MinFeasibleNodes, nodes * percent / 100);
    }

    private List<NodeInfo> FindFeasible(SchedulingCycle cycle, List<NodeRejection> rejections)
    {
        var nodes = cycle.Snapshot.Nodes;
        var wanted = FeasibleWanted(nodes.Count);
        var feasible = new List<NodeInfo>(Math.Min(wanted, nodes.Count));
        var looked = 0;
        for (; looked < nodes.Count && feasible.Count < wanted; looked++)
        {
            var node = nodes[(nextStart + looked) % nodes.Count];
            if (FirstRejection(cycle, node) is { } rejection)
                rejections.Add(rejection);
            else
                feasible.Add(node);
        }

        nextStart = nodes.Count == 0 ? 0 : (nextStart + looked) % nodes.Count;
        return feasible;
    }

    private NodeRejection? FirstRejection(SchedulingCycle cycle, NodeInfo node)
    {
        foreach (var plugin in plugins.Filters)
        {
            if (plugin.Filter(cycle, node) is { Passes: false } verdict)
                return new NodeRejection(node.Name, plugin.Name, verdict.Reason!);
        }

        return null;
    }

    private (IReadOnlyList<ScoreColumn> Raters, NodeScores[] Table) Rate(SchedulingCycle cycle, List<NodeInfo> feasible)
    {
        var raters = plugins.Scores.Where(plugin => plugin.PreScore(cycle, feasible)).ToList();
        var columns = new long[raters.Count][];
        for (var column = 0; column < raters.Count; column++)
        {
            var scores = columns[column] = new long[feasible.Count];
            for (var row = 0; row < feasible.Count; row++)
                scores[row] = raters[column].Score(cycle, feasible[row]);
            raters[column].Normalize(cycle, scores);
        }

        var table = new NodeScores[feasible.Count];
        for (var row = 0; row < table.Length; row++)
        {
            long total = 0;
            var scores = new long[raters.Count];
            for (var column = 0; column < scores.Length; column++)
            {
                scores[column] = columns[column][row];
                total += scores[column] * raters[column].Weight;
            }

            table[row] = new NodeScores(feasible[row].Name, total, scores);
        }

        return (raters.ConvertAll(plugin => new ScoreColumn(plugin.Name, plugin.Weight)), table);
    }

    // Reservoir sampling over the best, so that ties are fair whatever their number.
    private string Pick(NodeScores[] table)
    {
        var best = table[0];
        var ties = 1;
        foreach (var row in table.AsSpan(1))
        {
            if (row.Total > best.Total)
            {
                best = row;
                ties = 1;
            }
            else if (row.Total == best.Total && random.Next(++ties) == 0)
                best = row;
        }

        return best.Node;
    }
}

/// <summary>The outcome of one decision.</summary>
internal sealed record Placement
{
    /// <summary>Null when no node can take the pod.</summary>
    public string? Node { get; init; }

    /// <summary>Set when a plugin refused the pod before any node was looked at.</summary>
    public NodeRejection? Refusal { get; init; }

    public IReadOnlyList<NodeRejection> Rejections { get; init; } = [];

    public IReadOnlyList<ScoreColumn> ScorePlugins { get; init; } = [];

    public IReadOnlyList<NodeScores> Scores { get; init; } = [];

    /// <summary>Names of the plugins that said no; decides which events may change the outcome.</summary>
    public IReadOnlySet<string> RejectingPlugins =>
        (Refusal is { } refusal ? [refusal.Plugin] : Rejections.Select(rejection => rejection.Plugin)).ToHashSet();

    public static Placement Refused(string plugin, string reason) => new() { Refusal = new NodeRejection("", plugin, reason) };

    /// <summary>"0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable." as kubectl users know it.</summary>
    public string Describe(int nodeCount)
    {
        if (nodeCount == 0)
            return "no nodes available to schedule pods";
        IEnumerable<string> reasons = Refusal is { } refusal
            ? [refusal.Reason]
            : Rejections.GroupBy(rejection => rejection.Reason).Select(group => $"{group.Count()} {group.Key}").Order(StringComparer.Ordinal);
        return $"0/{nodeCount} nodes are available: {string.Join(", ", reasons)}.";
    }
}
