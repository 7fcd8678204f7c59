using Orchestrator.Api.Core.V1;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.Nodes;

/// <summary>What a node's conditions and taints should be.</summary>
internal static class NodePlan
{
    public const string NotReadyTaint = "node.kubernetes.io/not-ready";
    public const string UnreachableTaint = "node.kubernetes.io/unreachable";
    private const string UnschedulableTaint = "node.kubernetes.io/unschedulable";

    private static readonly (string Condition, string Taint)[] PressureTaints =
    [
        ("MemoryPressure", "node.kubernetes.io/memory-pressure"), ("DiskPressure", "node.kubernetes.io/disk-pressure"),
        ("PIDPressure", "node.kubernetes.io/pid-pressure"), ("NetworkUnavailable", "node.kubernetes.io/network-unavailable"),
    ];

    private static readonly string[] KubeletConditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

    private static readonly HashSet<string> Managed =
        [NotReadyTaint, UnreachableTaint, UnschedulableTaint, .. PressureTaints.Select(p => p.Taint)];

    /// <summary>The conditions of a node that fell silent: what only its kubelet can know is unknown.</summary>
    public static IReadOnlyList<NodeCondition> ConditionsOfSilent(Node node, DateTimeOffset now)
    {
        var result = (node.Status?.Conditions ?? []).ToList();
        foreach (var type in KubeletConditions)
        {
            var at = result.FindIndex(c => c.Type == type);
            if (at < 0)
            {
                result.Add(new NodeCondition
                {
                    Type = type, Status = "Unknown", Reason = "NodeStatusNeverUpdated", Message = "Kubelet never posted node status.",
                    LastHeartbeatTime = node.Metadata.CreationTimestamp, LastTransitionTime = now,
                });
            }
            else if (result[at].Status != "Unknown")
            {
                result[at] = result[at] with
                {
                    Status = "Unknown",
                    Reason = "NodeStatusUnknown",
                    Message = "Kubelet stopped posting node status.",
                    LastTransitionTime = now,
                };
            }
        }

        return result;
    }

    /// <summary>The node's taints: those of others as they are, ours as its state says. Null when nothing changes.</summary>
    public static IReadOnlyList<Taint>? TaintsOf(Node node, DateTimeOffset now)
    {
        var current = node.Spec?.Taints ?? [];
        var wanted = Wanted(node).ToList();
        var result = current.Where(t => !Managed.Contains(t.Key!) || wanted.Contains((t.Key!, t.Effect!))).ToList();
        var isChanged = result.Count != current.Count;
        foreach (var (key, effect) in wanted)
        {
            if (result.Exists(t => t.Key == key && t.Effect == effect))
                continue;
            result.Add(new Taint { Key = key, Effect = effect, TimeAdded = now });
            isChanged = true;
        }

        return isChanged ? result : null;
    }

    private static IEnumerable<(string Key, string Effect)> Wanted(Node node)
    {
        if (node.Spec?.Unschedulable == true)
            yield return (UnschedulableTaint, Tolerations.NoSchedule);
        var ready = NodeFacts.Ready(node)?.Status;
        if (ready != "True")
        {
            var key = ready == "Unknown" ? UnreachableTaint : NotReadyTaint;
            yield return (key, Tolerations.NoSchedule);
            // A node that never spoke has no pods to evict; it is only not to be used yet.
            if (ready is not null)
                yield return (key, Tolerations.NoExecute);
        }

        foreach (var (condition, taint) in PressureTaints)
        {
            if (NodeFacts.Condition(node, condition)?.Status == "True")
                yield return (taint, Tolerations.NoSchedule);
        }
    }
}
