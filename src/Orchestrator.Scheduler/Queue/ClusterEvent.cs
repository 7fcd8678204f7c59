namespace Orchestrator.Scheduler.Queue;

/// <summary>What happened in the cluster that may let a waiting pod be placed.</summary>
[Flags]
internal enum ClusterEvent
{
    None = 0,
    NodeAdded = 1,
    NodeChanged = 2,
    PodRemoved = 4,
    PodPlaced = 8,
    VolumeChanged = 16,
    ObjectsChanged = 32,
}

/// <summary>Which events can turn a plugin's refusal (Kubernetes' queueing hints, KEP-4247).</summary>
internal static class QueueingHints
{
    private const ClusterEvent Nodes = ClusterEvent.NodeAdded | ClusterEvent.NodeChanged;

    public static bool MayHelp(IReadOnlySet<string> rejectingPlugins, ClusterEvent what)
    {
        foreach (var plugin in rejectingPlugins)
        {
            if ((EventsOf(plugin) & what) != 0)
                return true;
        }

        return rejectingPlugins.Count == 0; // There was no node at all, or nobody knows why: try again.
    }

    private static ClusterEvent EventsOf(string plugin) => plugin switch
    {
        "NodeResourcesFit" or "NodePorts" => Nodes | ClusterEvent.PodRemoved,
        "InterPodAffinity" or "PodTopologySpread" => Nodes | ClusterEvent.PodRemoved | ClusterEvent.PodPlaced | ClusterEvent.ObjectsChanged,
        "VolumeBinding" => Nodes | ClusterEvent.VolumeChanged,
        _ => Nodes,
    };
}
