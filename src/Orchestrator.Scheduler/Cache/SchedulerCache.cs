using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Cache;

/// <summary>
/// Nodes and the pods on them, kept up by informer events, plus pods that were just placed and whose binding is not yet seen
/// ("assumed"). Thread-safe; a snapshot costs one array copy.
/// </summary>
internal sealed class SchedulerCache(IClusterObjects objects)
{
    private static readonly IReadOnlyDictionary<string, ImageSpread> NoImages = new Dictionary<string, ImageSpread>();

    private readonly Lock gate = new();
    private readonly SortedList<string, NodeInfo> nodes = new(StringComparer.Ordinal);

    // Pods whose node is not known (yet): a binding can be seen before its node.
    private readonly Dictionary<string, Dictionary<string, PodInfo>> homeless = [];
    private readonly Dictionary<string, string> nodeOfPod = [];
    private readonly HashSet<string> assumed = [];
    private NodeInfo[]? ordered;
    private IReadOnlyDictionary<string, ImageSpread> images = NoImages;

    public ClusterSnapshot Snapshot()
    {
        lock (gate)
            return new ClusterSnapshot(ordered ??= [.. nodes.Values], images, objects);
    }

    public void SetNode(Node node)
    {
        var name = node.Metadata.Name ?? "";
        lock (gate)
        {
            var before = nodes.GetValueOrDefault(name);
            homeless.Remove(name, out var waiting);
            nodes[name] = before is null ? NodeInfo.Create(node, waiting?.Values ?? Enumerable.Empty<PodInfo>()) : before.WithNode(node);
            ordered = null;
            if (!ReferenceEquals(before?.Node.Status?.Images, node.Status?.Images))
                images = CountImages();
        }
    }

    public void RemoveNode(string name)
    {
        lock (gate)
        {
            if (!nodes.Remove(name, out var node))
                return;
            if (node.Pods.Length > 0)
                homeless[name] = node.Pods.ToArray().ToDictionary(pod => pod.Uid);
            ordered = null;
            images = CountImages();
        }
    }

    /// <summary>A pod that the API says is bound.</summary>
    public void SetPod(PodInfo pod)
    {
        lock (gate)
        {
            assumed.Remove(pod.Uid);
            Place(pod, pod.Spec.NodeName!);
        }
    }

    public void RemovePod(string uid)
    {
        lock (gate)
            Displace(uid);
    }

    /// <summary>Counts a pod on a node before its binding is written.</summary>
    public void Assume(PodInfo pod, string node)
    {
        lock (gate)
        {
            assumed.Add(pod.Uid);
            Place(pod, node);
        }
    }

    public bool IsAssumed(string uid)
    {
        lock (gate)
            return assumed.Contains(uid);
    }

    /// <summary>Takes an assumption back, unless the binding was seen meanwhile.</summary>
    public void Forget(string uid)
    {
        lock (gate)
        {
            if (assumed.Contains(uid))
                Displace(uid);
        }
    }

    private void Place(PodInfo pod, string node)
    {
        if (nodeOfPod.TryGetValue(pod.Uid, out var previous) && previous != node)
            Displace(pod.Uid);
        nodeOfPod[pod.Uid] = node;
        if (nodes.TryGetValue(node, out var info))
            Replace(node, info.WithPod(pod));
        else
        {
            if (!homeless.TryGetValue(node, out var waiting))
                homeless[node] = waiting = [];
            waiting[pod.Uid] = pod;
        }
    }

    private void Displace(string uid)
    {
        assumed.Remove(uid);
        if (!nodeOfPod.Remove(uid, out var node))
            return;
        if (nodes.TryGetValue(node, out var info))
            Replace(node, info.WithoutPod(uid));
        else if (homeless.TryGetValue(node, out var waiting) && waiting.Remove(uid) && waiting.Count == 0)
            homeless.Remove(node);
    }

    private void Replace(string name, NodeInfo node)
    {
        var index = nodes.IndexOfKey(name);
        nodes.SetValueAtIndex(index, node);
        if (ordered is null)
            return;

        // The old array belongs to the snapshots that were given out.
        var next = (NodeInfo[])ordered.Clone();
        next[index] = node;
        ordered = next;
    }

    private Dictionary<string, ImageSpread> CountImages()
    {
        var counted = new Dictionary<string, ImageSpread>();
        foreach (var node in nodes.Values)
        {
            foreach (var image in node.Node.Status?.Images ?? [])
            {
                foreach (var name in image.Names ?? [])
                    counted[name] = new ImageSpread(image.SizeBytes ?? 0, counted.GetValueOrDefault(name).Nodes + 1);
            }
        }

        return counted;
    }
}
