using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Lab;
using Orchestrator.Network.Pods;

namespace Orchestrator.Network.Tests.Lab;

/// <summary>A lab of two nodes inside a namespace that stands for the host.</summary>
[TestFixture, Category("Root")]
public class LabNetworkTests
{
    private static readonly LabRanges Ranges = LabSubnets.Choose([]);

    private readonly List<IDisposable> _cleanup = [];
    private TestNamespace _host = null!;
    private DirectoryInfo _state = null!;
    private LabNetwork _lab = null!;
    private string _name = "";

    [SetUp]
    public void SetUp()
    {
        _name = $"t{Environment.ProcessId}";
        _state = Directory.CreateTempSubdirectory("orc-lab");
        _host = new TestNamespace();
        using (var netlink = RouteNetlink.Open(_host.FullPath))
            netlink.ChangeLink(netlink.GetLink("lo").Index, new LinkChange { Up = true });
        _lab = new LabNetwork(new LabNetworkOptions(_name, Ranges, _state.FullName) { HostStateDirectory = Path.Combine(_state.FullName, "host") });
    }

    [TearDown]
    public void TearDown()
    {
        _cleanup.AsEnumerable().Reverse().ToList().ForEach(item => item.Dispose());
        _cleanup.Clear();
        OnHost(_lab.Down);
        _host.Dispose();
        _state.Delete(recursive: true);
        Assert.That(NetworkNamespace.List().Where(name => name.StartsWith($"orc-{_name}-", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Up_TwoNodes_HostAndNodesReachEachOther()
    {
        OnHost(() => _lab.Up(TwoNodes()));
        using var listener = Tcp.Listen(NodePath(2), 8080);
        Assert.That(Tcp.Exchange(_host.FullPath, listener, NodeAddress(2), 8080), Is.EqualTo(_lab.HostAddress));
        Assert.That(Tcp.Exchange(NodePath(1), listener, NodeAddress(2), 8080), Is.EqualTo(NodeAddress(1)));
    }

    [Test]
    public void Up_Again_ChangesNothing()
    {
        OnHost(() => _lab.Up(TwoNodes()));
        var before = HostRoutes();
        OnHost(() => _lab.Up(TwoNodes()));
        Assert.That(HostRoutes(), Is.EqualTo(before));
        Assert.That(before.Select(route => route.Destination), Does.Contain(Ranges.Services).And.Contain(LabSubnets.PodRangeOf(Ranges.Pods, 2)));
    }

    [Test]
    public async Task Pods_OnBothNodes_ReachEachOtherAndTheHostReachesThem()
    {
        OnHost(() => _lab.Up(TwoNodes()));
        var one = await AttachAsync(node: 1, "one");
        var beside = await AttachAsync(node: 1, "beside");
        var other = await AttachAsync(node: 2, "other");
        using var listener = Tcp.Listen(other.Path, 80);
        using var besideListener = Tcp.Listen(beside.Path, 80);

        Assert.Multiple(() =>
        {
            Assert.That(one.Address, Is.EqualTo(IPAddress.Parse("10.244.1.2")));
            Assert.That(Tcp.Exchange(one.Path, listener, other.Address, 80), Is.EqualTo(one.Address), "no translation between pods");
            Assert.That(Tcp.Exchange(one.Path, besideListener, beside.Address, 80), Is.EqualTo(one.Address));
            Assert.That(Tcp.Exchange(_host.FullPath, listener, other.Address, 80), Is.EqualTo(_lab.HostAddress));
            Assert.That(Tcp.Exchange(NodePath(1), listener, other.Address, 80), Is.EqualTo(NodeAddress(1)));
        });
    }

    [Test]
    public async Task Misses_InPodAndServiceRange_AreRefusedAtOnce()
    {
        OnHost(() => _lab.Up(TwoNodes()));
        var pod = await AttachAsync(node: 1, "one");
        foreach (var from in new[] { _host.FullPath, NodePath(1), pod.Path })
        {
            Assert.That(Tcp.Refusal(from, IPAddress.Parse("10.96.77.7"), 80), Is.EqualTo(SocketError.ConnectionRefused), $"Service miss from {from}");
            Assert.That(Tcp.Refusal(from, IPAddress.Parse("10.244.99.7"), 80), Is.EqualTo(SocketError.HostUnreachable), $"pod miss from {from}");
        }
    }

    [Test]
    public void CutAndHeal_LinkBetweenNodes_StopsAndResumesTraffic()
    {
        OnHost(() => _lab.Up(TwoNodes()));
        using var listener = Tcp.Listen(NodePath(2), 8080);
        Tcp.Exchange(NodePath(1), listener, NodeAddress(2), 8080);

        OnHost(() => _lab.Cut("node1", "node2"));
        Assert.That(Tcp.Refusal(NodePath(1), NodeAddress(2), 8080), Is.Not.EqualTo(SocketError.Success));
        Tcp.Exchange(_host.FullPath, listener, NodeAddress(2), 8080);

        OnHost(() => _lab.Heal("node1", "node2"));
        Tcp.Exchange(NodePath(1), listener, NodeAddress(2), 8080);
    }

    [Test]
    public void CutNode_ThenHealNode_StopsAndResumesAllTraffic()
    {
        OnHost(() => _lab.Up(TwoNodes()));
        using var listener = Tcp.Listen(NodePath(2), 8080);
        OnHost(() => _lab.CutNode("node2"));
        Assert.That(Tcp.Refusal(_host.FullPath, NodeAddress(2), 8080), Is.Not.EqualTo(SocketError.Success));
        OnHost(() => _lab.HealNode("node2"));
        OnHost(() => _lab.HealNode("node2"));
        Tcp.Exchange(_host.FullPath, listener, NodeAddress(2), 8080);
    }

    [Test]
    public void RemoveNode_OfTwo_LeavesTheOther()
    {
        OnHost(() => _lab.Up(TwoNodes()));
        OnHost(() => _lab.RemoveNode("node2"));
        Assert.That(NetworkNamespace.Exists($"orc-{_name}-node2"), Is.False);
        Assert.That(HostRoutes().Select(route => route.Destination), Does.Not.Contain(LabSubnets.PodRangeOf(Ranges.Pods, 2)));
        Assert.That(HostRoutes().Select(route => route.Destination), Does.Contain(LabSubnets.PodRangeOf(Ranges.Pods, 1)));
    }

    [Test]
    public void SetPodRange_LaterThanUp_AddsTheRoutes()
    {
        OnHost(() => _lab.Up([.. TwoNodes().Select(node => node with { PodRange = null })]));
        Assert.That(HostRoutes().Any(route => route.Gateway is not null), Is.False);
        OnHost(() => _lab.SetPodRange("node2", IPNetwork.Parse("10.244.7.0/24")));
        Assert.That(HostRoutes().Single(route => route.Gateway is not null).Destination, Is.EqualTo(IPNetwork.Parse("10.244.7.0/24")));
    }

    [Test]
    public void Down_AfterUp_LeavesNothingAndRestoresTheHost()
    {
        var forwardingBefore = "";
        OnHost(() => forwardingBefore = Sysctl.Read("net/ipv4/ip_forward"));
        var routesBefore = HostRoutes();
        OnHost(() => _lab.Up(TwoNodes()));
        OnHost(() => Assert.That(Sysctl.Read("net/ipv4/ip_forward"), Is.EqualTo("1")));

        OnHost(_lab.Down);
        OnHost(_lab.Down);

        using var host = RouteNetlink.Open(_host.FullPath);
        Assert.Multiple(() =>
        {
            OnHost(() => Assert.That(Sysctl.Read("net/ipv4/ip_forward"), Is.EqualTo(forwardingBefore)));
            Assert.That(HostRoutes(), Is.EqualTo(routesBefore));
            Assert.That(host.ListLinks().Where(link => link.Kind is "bridge" or "veth"), Is.Empty);
            Assert.That(Directory.EnumerateFiles(_state.FullName, "*", SearchOption.AllDirectories), Is.Empty);
        });
    }

    [Test]
    public async Task Attach_Twice_GivesTheSame_AndARestartFindsIt()
    {
        OnHost(() => _lab.Up(TwoNodes()));
        var first = await AttachAsync(1, "one");
        var again = await first.Network.AttachAsync(first.Request, CancellationToken.None);
        Assert.That(again.Addresses, Is.EqualTo(new[] { first.Address }));

        using var restarted = NewPodNetwork(1);
        Assert.That(restarted.Status.Ready, Is.False);
        restarted.UsePodRange(LabSubnets.PodRangeOf(Ranges.Pods, 1));
        Assert.That(restarted.Status.Ready, Is.True);
        Assert.That(restarted.Find("one")?.Addresses, Is.EqualTo(new[] { first.Address }));
        Assert.That((await restarted.AttachAsync(first.Request, CancellationToken.None)).Addresses, Is.EqualTo(new[] { first.Address }));

        await restarted.DetachAsync("one", CancellationToken.None);
        await restarted.DetachAsync("one", CancellationToken.None);
        Assert.That(restarted.Find("one"), Is.Null);
        using var node = RouteNetlink.Open(NodePath(1));
        Assert.That(node.ListLinks().Select(link => link.Name), Does.Not.Contain(again.HostInterface));
    }

    [Test]
    public async Task Attach_NamespaceMissing_ThrowsAndLeavesNothing()
    {
        OnHost(() => _lab.Up(TwoNodes()));
        var network = PodNetwork(1);
        Assert.ThrowsAsync<PodNetworkException>(async () => await network.AttachAsync(
            new PodNetworkRequest("gone", "default", "gone", "uid", "/run/netns/orc-no-such", []), CancellationToken.None));
        Assert.That(network.Find("gone"), Is.Null);
        Assert.That((await AttachAsync(1, "one")).Network.ListSandboxes(), Is.EqualTo(new[] { "one" }));
    }

    [Test]
    public async Task HostPort_FromHostNodeLoopbackAndPod_LeadsToThePod()
    {
        OnHost(() => _lab.Up(TwoNodes()));
        var pod = await AttachAsync(1, "one", new PodPortMapping("TCP", 80, 54321), new PodPortMapping("TCP", 80, 54322, IPAddress.Loopback));
        using var listener = Tcp.Listen(pod.Path, 80);
        Assert.Multiple(() =>
        {
            Assert.That(Tcp.Exchange(_host.FullPath, listener, NodeAddress(1), 54321), Is.EqualTo(_lab.HostAddress), "source kept");
            Tcp.Exchange(NodePath(1), listener, IPAddress.Loopback, 54321);
            Tcp.Exchange(NodePath(1), listener, NodeAddress(1), 54321);
            Tcp.Exchange(NodePath(1), listener, IPAddress.Loopback, 54322);
            Assert.That(Tcp.Refusal(_host.FullPath, NodeAddress(1), 54322), Is.EqualTo(SocketError.ConnectionRefused));
        });
        await pod.Network.DetachAsync("one", CancellationToken.None);
        Assert.That(Tcp.Refusal(NodePath(1), NodeAddress(1), 54321), Is.EqualTo(SocketError.ConnectionRefused));
    }

    [Test]
    public async Task Attach_Many_TakesFewMilliseconds()
    {
        const int count = 50;
        OnHost(() => _lab.Up(TwoNodes()));
        await AttachAsync(1, "warm");
        var pods = Enumerable.Range(0, count).Select(_ => Keep(new TestNamespace())).ToList();
        var network = PodNetwork(1);
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < count; i++)
            await network.AttachAsync(new PodNetworkRequest($"many{i}", "default", $"many{i}", "uid", pods[i].FullPath, []), CancellationToken.None);
        var each = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / count;
        TestContext.Out.WriteLine($"attach: {each:f2} ms");
        Assert.That(each, Is.LessThan(20));
    }

    private static LabNode[] TwoNodes() =>
        [.. Enumerable.Range(1, 2).Select(number => new LabNode($"node{number}", NodeAddress(number), LabSubnets.PodRangeOf(Ranges.Pods, number)))];

    private static IPAddress NodeAddress(int number) => LabSubnets.NodeAddressOf(Ranges.Nodes, number);

    private string NodePath(int number) => _lab.NamespacePathOf($"node{number}");

    private void OnHost(Action work) => _host.Run(work);

    private List<IpRoute> HostRoutes()
    {
        using var host = RouteNetlink.Open(_host.FullPath);
        return [.. host.ListRoutes().Where(route => route.Table == 254)];
    }

    private readonly Dictionary<int, BridgePodNetwork> _networks = [];

    private BridgePodNetwork PodNetwork(int node)
    {
        if (_networks.TryGetValue(node, out var known) && _cleanup.Contains(known))
            return known;
        var network = Keep(NewPodNetwork(node));
        network.UsePodRange(LabSubnets.PodRangeOf(Ranges.Pods, node));
        return _networks[node] = network;
    }

    private BridgePodNetwork NewPodNetwork(int node) => new(
        new BridgePodNetworkOptions(Path.Combine(_state.FullName, $"pods{node}")) { NodeNamespacePath = NodePath(node) },
        NullLogger<BridgePodNetwork>.Instance);

    private async Task<(BridgePodNetwork Network, PodNetworkRequest Request, string Path, IPAddress Address)> AttachAsync(
        int node, string sandbox, params PodPortMapping[] ports)
    {
        var network = PodNetwork(node);
        var pod = Keep(new TestNamespace());
        var request = new PodNetworkRequest(sandbox, "default", sandbox, "uid", pod.FullPath, ports);
        var attachment = await network.AttachAsync(request, CancellationToken.None);
        return (network, request, pod.FullPath, attachment.Addresses[0]);
    }

    private T Keep<T>(T item) where T : IDisposable
    {
        _cleanup.Add(item);
        return item;
    }
}
