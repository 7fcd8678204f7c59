using Orchestrator.Api.Core.V1;

namespace Orchestrator.Scheduler.Framework;

/// <summary>A node and the pods on it, with their sums. Immutable: a change makes a new one, so a snapshot costs an array copy.</summary>
public sealed class NodeInfo
{
    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    // An array: a node holds a hundred pods or so, and each placement copies it once.
    private readonly PodInfo[] pods;

    private NodeInfo(Node node, PodInfo[] pods)
    {
        Node = node;
        this.pods = pods;
        Allocatable = Resources.Of(node.Status?.Allocatable);
        AllowedPods = node.Status?.Allocatable is { } allocatable && allocatable.TryGetValue("pods", out var count) ? count.Value : 0;
        Labels = node.Metadata.Labels ?? NoLabels;
        Taints = node.Spec?.Taints ?? [];
        Requested = Resources.None;
    }

    public Node Node { get; }

    public string Name => Node.Metadata.Name ?? "";

    public IReadOnlyDictionary<string, string> Labels { get; }

    public IReadOnlyList<Taint> Taints { get; }

    public Resources Allocatable { get; }

    public long AllowedPods { get; }

    public ReadOnlySpan<PodInfo> Pods => pods;

    public Resources Requested { get; private init; }

    public long RatedMilliCpu { get; private init; }

    public long RatedMemoryBytes { get; private init; }

    /// <summary>Whether any pod here has (anti-)affinity terms; most nodes can then be skipped.</summary>
    public bool HasPodsWithAffinity { get; private init; }

    public bool HasPodsWithRequiredAntiAffinity { get; private init; }

    public static NodeInfo Create(Node node, IEnumerable<PodInfo> pods) => Summed(node, [.. pods]);

    public NodeInfo WithNode(Node node) => Summed(node, pods);

    /// <summary>With a pod added, or replaced when a pod with its UID is there.</summary>
    public NodeInfo WithPod(PodInfo pod)
    {
        var index = IndexOf(pod.Uid);
        if (index >= 0)
        {
            var replaced = (PodInfo[])pods.Clone();
            replaced[index] = pod;
            return Summed(Node, replaced);
        }

        return new NodeInfo(Node, [.. pods, pod])
        {
            Requested = Requested + pod.Requests,
            RatedMilliCpu = RatedMilliCpu + pod.RatedMilliCpu,
            RatedMemoryBytes = RatedMemoryBytes + pod.RatedMemoryBytes,
            HasPodsWithAffinity = HasPodsWithAffinity || pod.HasAffinity,
            HasPodsWithRequiredAntiAffinity = HasPodsWithRequiredAntiAffinity || pod.RequiredAntiAffinity.Count > 0,
        };
    }

    public NodeInfo WithoutPod(string uid)
    {
        var index = IndexOf(uid);
        return index < 0 ? this : Summed(Node, [.. pods[..index], .. pods[(index + 1)..]]);
    }

    private int IndexOf(string uid)
    {
        for (var i = 0; i < pods.Length; i++)
        {
            if (pods[i].Uid == uid)
                return i;
        }

        return -1;
    }

    private static NodeInfo Summed(Node node, PodInfo[] pods)
    {
        var requested = Resources.None;
        long cpu = 0, memory = 0;
        var affinity = false;
        var antiAffinity = false;
        foreach (var pod in pods)
        {
            requested += pod.Requests;
            cpu += pod.RatedMilliCpu;
            memory += pod.RatedMemoryBytes;
            affinity |= pod.HasAffinity;
            antiAffinity |= pod.RequiredAntiAffinity.Count > 0;
        }

        return new NodeInfo(node, pods)
        {
            Requested = requested,
            RatedMilliCpu = cpu,
            RatedMemoryBytes = memory,
            HasPodsWithAffinity = affinity,
            HasPodsWithRequiredAntiAffinity = antiAffinity,
        };
    }
}
