using Orchestrator.Api.Core.V1;

namespace Orchestrator.Scheduler.Framework;

/// <summary>The view of the cluster one cycle works on. Immutable.</summary>
public sealed class ClusterSnapshot(IReadOnlyList<NodeInfo> nodes, IReadOnlyDictionary<string, ImageSpread> images, IClusterObjects objects)
{
    /// <summary>In order of their names.</summary>
    public IReadOnlyList<NodeInfo> Nodes { get; } = nodes;

    /// <summary>Images the nodes hold, by name.</summary>
    public IReadOnlyDictionary<string, ImageSpread> Images { get; } = images;

    /// <summary>Other objects plugins look up: Services, ReplicaSets, claims, volumes.</summary>
    public IClusterObjects Objects { get; } = objects;

    public IReadOnlyDictionary<string, string> NamespaceLabels(string name) => Objects.NamespaceLabels(name);
}

/// <summary>An image's size and on how many nodes it is.</summary>
public readonly record struct ImageSpread(long SizeBytes, int Nodes);

/// <summary>What plugins may look up beside nodes and pods. Answers come from informer caches and may lag.</summary>
public interface IClusterObjects
{
    IReadOnlyDictionary<string, string> NamespaceLabels(string name);

    /// <summary>Selectors of the Services and of the controller that own or select the pod; decides the default spreading.</summary>
    IReadOnlyList<Api.Selectors.LabelMatcher> SelectorsOf(PodInfo pod);

    PersistentVolumeClaim? FindClaim(string @namespace, string name);

    PersistentVolume? FindVolume(string name);
}
