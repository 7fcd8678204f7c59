using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Lab;
using Orchestrator.Network.Pods;

namespace Orchestrator.Network.Tests;

internal sealed record LabPod(BridgePodNetwork Network, PodNetworkRequest Request, string Path, IPAddress Address);

/// <summary>A lab of two nodes inside a namespace that stands for the host. Disposal fails on anything left behind.</summary>
internal sealed class TwoNodeLab : IDisposable
{
    private static int _count;

    private readonly List<IDisposable> _cleanup = [];
    private readonly Dictionary<int, BridgePodNetwork> _networks = [];
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("orc-lab");

    public TwoNodeLab()
    {
        Name = $"t{Environment.ProcessId}n{Interlocked.Increment(ref _count)}";
        using (var netlink = RouteNetlink.Open(Host.FullPath))
            netlink.ChangeLink(netlink.GetLink("lo").Index, new LinkChange { Up = true });
        Lab = new LabNetwork(new LabNetworkOptions(Name, Ranges, StateDirectory) { HostStateDirectory = Path.Combine(StateDirectory, "host") });
    }

    public static LabRanges Ranges { get; } = LabSubnets.Choose([]);

    public string Name { get; }

    public TestNamespace Host { get; } = new();

    public LabNetwork Lab { get; }

    public string StateDirectory => _state.FullName;

    public static LabNode[] Nodes() =>
        [.. Enumerable.Range(1, 2).Select(number => new LabNode($"node{number}", NodeAddress(number), LabSubnets.PodRangeOf(Ranges.Pods, number)))];

    public static IPAddress NodeAddress(int number) => LabSubnets.NodeAddressOf(Ranges.Nodes, number);

    public string NodePath(int number) => Lab.NamespacePathOf($"node{number}");

    public void Up() => Host.Run(() => Lab.Up(Nodes()));

    public BridgePodNetwork PodNetwork(int node)
    {
        if (_networks.TryGetValue(node, out var known))
            return known;
        var network = Keep(NewPodNetwork(node));
        network.UsePodRange(LabSubnets.PodRangeOf(Ranges.Pods, node));
        return _networks[node] = network;
    }

    public BridgePodNetwork NewPodNetwork(int node) => new(
        new BridgePodNetworkOptions(Path.Combine(StateDirectory, $"pods{node}")) { NodeNamespacePath = NodePath(node) },
        NullLogger<BridgePodNetwork>.Instance);

    public async Task<LabPod> AttachAsync(int node, string sandbox, params PodPortMapping[] ports)
    {
        var network = PodNetwork(node);
        var pod = Keep(new TestNamespace());
        var request = new PodNetworkRequest(sandbox, "default", sandbox, "uid", pod.FullPath, ports);
        var attachment = await network.AttachAsync(request, CancellationToken.None);
        return new LabPod(network, request, pod.FullPath, attachment.Addresses[0]);
    }

    public T Keep<T>(T item) where T : IDisposable
    {
        _cleanup.Add(item);
        return item;
    }

    public void Dispose()
    {
        _cleanup.AsEnumerable().Reverse().ToList().ForEach(item => item.Dispose());
        Host.Run(Lab.Down);
        Host.Dispose();
        _state.Delete(recursive: true);
        Assert.That(NetworkNamespace.List().Where(name => name.StartsWith($"orc-{Name}-", StringComparison.Ordinal)), Is.Empty);
    }
}
