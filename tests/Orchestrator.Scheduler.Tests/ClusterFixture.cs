using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Tests;

/// <summary>Builds small clusters for tests of plugins and of the algorithm.</summary>
internal sealed class ClusterFixture : IClusterObjects
{
    private readonly List<NodeInfo> nodes = [];
    private readonly Dictionary<string, PersistentVolumeClaim> claims = [];
    private readonly Dictionary<string, PersistentVolume> volumes = [];
    private int uids;

    public List<LabelMatcher> DefaultSelectors { get; } = [];

    public static Node Node(string name, string cpu = "4", string memory = "8Gi", Dictionary<string, string>? labels = null, params Taint[] taints)
    {
        var capacity = new Dictionary<string, Quantity>
        {
            ["cpu"] = Quantity.Parse(cpu),
            ["memory"] = Quantity.Parse(memory),
            ["pods"] = Quantity.Parse("110"),
        };
        var all = new Dictionary<string, string>(labels ?? []) { ["kubernetes.io/hostname"] = name };
        return new Node
        {
            Metadata = new ObjectMeta { Name = name, Labels = all },
            Spec = new NodeSpec { Taints = taints },
            Status = new NodeStatus { Allocatable = capacity, Capacity = capacity },
        };
    }

    public Pod Pod(string name, string? cpu = null, string? memory = null, Dictionary<string, string>? labels = null, Func<PodSpec, PodSpec>? spec = null)
    {
        var requests = new Dictionary<string, Quantity>();
        if (cpu is not null)
            requests["cpu"] = Quantity.Parse(cpu);
        if (memory is not null)
            requests["memory"] = Quantity.Parse(memory);
        var plain = new PodSpec
        {
            SchedulerName = "default-scheduler",
            Containers = [new Container { Name = "c", Image = "web:1", Resources = new ResourceRequirements { Requests = requests } }],
        };
        return new Pod
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = $"uid-{++uids}", Labels = labels ?? [] },
            Spec = spec is null ? plain : spec(plain),
        };
    }

    public ClusterFixture With(Node node, params Pod[] pods)
    {
        nodes.Add(NodeInfo.Create(node, pods.Select(pod => new PodInfo(pod))));
        return this;
    }

    public ClusterFixture With(PersistentVolumeClaim claim)
    {
        claims[claim.Metadata.Name!] = claim;
        return this;
    }

    public ClusterFixture With(PersistentVolume volume)
    {
        volumes[volume.Metadata.Name!] = volume;
        return this;
    }

    public ClusterSnapshot Snapshot() => new([.. nodes], new Dictionary<string, ImageSpread>(), this);

    public Placement Place(Pod pod, int seed = 1) =>
        new PlacementAlgorithm(PluginSet.Default(), new Random(seed)).Place(new SchedulingCycle(new PodInfo(pod), Snapshot()));

    public IReadOnlyDictionary<string, string> NamespaceLabels(string name) => new Dictionary<string, string>();

    public IReadOnlyList<LabelMatcher> SelectorsOf(PodInfo pod) => DefaultSelectors;

    public PersistentVolumeClaim? FindClaim(string @namespace, string name) => claims.GetValueOrDefault(name);

    public PersistentVolume? FindVolume(string name) => volumes.GetValueOrDefault(name);
}
