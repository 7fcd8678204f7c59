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
    private TwoNodeLab _fixture = null!;

    [SetUp]
    public void SetUp() => _fixture = new TwoNodeLab();

    [TearDown]
    public void TearDown() => _fixture.Dispose();

    private TestNamespace Host => _fixture.Host;

    private LabNetwork Lab => _fixture.Lab;

    [Test]
    public void Up_TwoNodes_HostAndNodesReachEachOther()
    {
        OnHost(() => Lab.Up(TwoNodes()));
        using var listener = Tcp.Listen(NodePath(2), 8080);
        Assert.That(Tcp.Exchange(Host.FullPath, listener, NodeAddress(2), 8080), Is.EqualTo(Lab.HostAddress));
        Assert.That(Tcp.Exchange(NodePath(1), listener, NodeAddress(2), 8080), Is.EqualTo(NodeAddress(1)));
    }

    [Test]
    public void Up_Again_ChangesNothing()
    {
        OnHost(() => Lab.Up(TwoNodes()));
        var before = HostRoutes();
        OnHost(() => Lab.Up(TwoNodes()));
        Assert.That(HostRoutes(), Is.EqualTo(before));
        Assert.That(before.Select(route => route.Destination), Does.Contain(TwoNodeLab.Ranges.Services).And.Contain(LabSubnets.PodRangeOf(TwoNodeLab.Ranges.Pods, 2)));
    }

    [Test]
    public async Task Pods_OnBothNodes_ReachEachOtherAndTheHostReachesThem()
    {
        OnHost(() => Lab.Up(TwoNodes()));
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
            Assert.That(Tcp.Exchange(Host.FullPath, listener, other.Address, 80), Is.EqualTo(Lab.HostAddress));
            Assert.That(Tcp.Exchange(NodePath(1), listener, other.Address, 80), Is.EqualTo(NodeAddress(1)));
        });
    }

    [Test]
    public async Task Misses_InPodAndServiceRange_AreRefusedAtOnce()
    {
        OnHost(() => Lab.Up(TwoNodes()));
        var pod = await AttachAsync(node: 1, "one");
        foreach (var from in new[] { Host.FullPath, NodePath(1), pod.Path })
        {
            Assert.That(Tcp.Refusal(from, IPAddress.Parse("10.96.77.7"), 80), Is.EqualTo(SocketError.ConnectionRefused), $"Service miss from {from}");
            Assert.That(Tcp.Refusal(from, IPAddress.Parse("10.244.99.7"), 80), Is.EqualTo(SocketError.HostUnreachable), $"pod miss from {from}");
        }
    }

    [Test]
    public void CutAndHeal_LinkBetweenNodes_StopsAndResumesTraffic()
    {
        OnHost(() => Lab.Up(TwoNodes()));
        using var listener = Tcp.Listen(NodePath(2), 8080);
        Tcp.Exchange(NodePath(1), listener, NodeAddress(2), 8080);

        OnHost(() => Lab.Cut("node1", "node2"));
        Assert.That(Tcp.Refusal(NodePath(1), NodeAddress(2), 8080), Is.Not.EqualTo(SocketError.Success));
        Tcp.Exchange(Host.FullPath, listener, NodeAddress(2), 8080);

        OnHost(() => Lab.Heal("node1", "node2"));
        Tcp.Exchange(NodePath(1), listener, NodeAddress(2), 8080);
    }

    [Test]
    public void CutNode_ThenHealNode_StopsAndResumesAllTraffic()
    {
        OnHost(() => Lab.Up(TwoNodes()));
        using var listener = Tcp.Listen(NodePath(2), 8080);
        OnHost(() => Lab.CutNode("node2"));
        Assert.That(Tcp.Refusal(Host.FullPath, NodeAddress(2), 8080), Is.Not.EqualTo(SocketError.Success));
        OnHost(() => Lab.HealNode("node2"));
        OnHost(() => Lab.HealNode("node2"));
        Tcp.Exchange(Host.FullPath, listener, NodeAddress(2), 8080);
    }

    [Test]
    public void RemoveNode_OfTwo_LeavesTheOther()
    {
        OnHost(() => Lab.Up(TwoNodes()));
        OnHost(() => Lab.RemoveNode("node2"));
        Assert.That(NetworkNamespace.Exists($"orc-{_fixture.Name}-node2"), Is.False);
        Assert.That(HostRoutes().Select(route => route.Destination), Does.Not.Contain(LabSubnets.PodRangeOf(TwoNodeLab.Ranges.Pods, 2)));
        Assert.That(HostRoutes().Select(route => route.Destination), Does.Contain(LabSubnets.PodRangeOf(TwoNodeLab.Ranges.Pods, 1)));
    }

    [Test]
    public void SetPodRange_LaterThanUp_AddsTheRoutes()
    {
        OnHost(() => Lab.Up([.. TwoNodes().Select(node => node with { PodRange = null })]));
        Assert.That(HostRoutes().Any(route => route.Gateway is not null), Is.False);
        OnHost(() => Lab.SetPodRange("node2", IPNetwork.Parse("10.244.7.0/24")));
        Assert.That(HostRoutes().Single(route => route.Gateway is not null).Destination, Is.EqualTo(IPNetwork.Parse("10.244.7.0/24")));
    }

    [Test]
    public void Down_AfterUp_LeavesNothingAndRestoresTheHost()
    {
        var forwardingBefore = "";
        OnHost(() => forwardingBefore = Sysctl.Read("net/ipv4/ip_forward"));
        var routesBefore = HostRoutes();
        OnHost(() => Lab.Up(TwoNodes()));
        OnHost(() => Assert.That(Sysctl.Read("net/ipv4/ip_forward"), Is.EqualTo("1")));

        OnHost(Lab.Down);
        OnHost(Lab.Down);

        using var host = RouteNetlink.Open(Host.FullPath);
        Assert.Multiple(() =>
        {
            OnHost(() => Assert.That(Sysctl.Read("net/ipv4/ip_forward"), Is.EqualTo(forwardingBefore)));
            Assert.That(HostRoutes(), Is.EqualTo(routesBefore));
            Assert.That(host.ListLinks().Where(link => link.Kind is "bridge" or "veth"), Is.Empty);
            Assert.That(Directory.EnumerateFiles(_fixture.StateDirectory, "*", SearchOption.AllDirectories), Is.Empty);
        });
    }

    [Test]
    public async Task Attach_Twice_GivesTheSame_AndARestartFindsIt()
    {
        OnHost(() => Lab.Up(TwoNodes()));
        var first = await AttachAsync(1, "one");
        var again = await first.Network.AttachAsync(first.Request, CancellationToken.None);
        Assert.That(again.Addresses, Is.EqualTo(new[] { first.Address }));

        using var restarted = NewPodNetwork(1);
        Assert.That(restarted.Status.Ready, Is.False);
        restarted.UsePodRange(LabSubnets.PodRangeOf(TwoNodeLab.Ranges.Pods, 1));
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
        OnHost(() => Lab.Up(TwoNodes()));
        var network = PodNetwork(1);
        Assert.ThrowsAsync<PodNetworkException>(async () => await network.AttachAsync(
            new PodNetworkRequest("gone", "default", "gone", "uid", "/run/netns/orc-no-such", []), CancellationToken.None));
        Assert.That(network.Find("gone"), Is.Null);
        Assert.That((await AttachAsync(1, "one")).Network.ListSandboxes(), Is.EqualTo(new[] { "one" }));
    }

    [Test]
    public async Task HostPort_FromHostNodeLoopbackAndPod_LeadsToThePod()
    {
        OnHost(() => Lab.Up(TwoNodes()));
        var pod = await AttachAsync(1, "one", new PodPortMapping("TCP", 80, 54321), new PodPortMapping("TCP", 80, 54322, IPAddress.Loopback));
        using var listener = Tcp.Listen(pod.Path, 80);
        Assert.Multiple(() =>
        {
            Assert.That(Tcp.Exchange(Host.FullPath, listener, NodeAddress(1), 54321), Is.EqualTo(Lab.HostAddress), "source kept");
            Tcp.Exchange(NodePath(1), listener, IPAddress.Loopback, 54321);
            Tcp.Exchange(NodePath(1), listener, NodeAddress(1), 54321);
            Tcp.Exchange(NodePath(1), listener, IPAddress.Loopback, 54322);
            Assert.That(Tcp.Refusal(Host.FullPath, NodeAddress(1), 54322), Is.EqualTo(SocketError.ConnectionRefused));
        });
        await pod.Network.DetachAsync("one", CancellationToken.None);
        Assert.That(Tcp.Refusal(NodePath(1), NodeAddress(1), 54321), Is.EqualTo(SocketError.ConnectionRefused));
    }

    [Test]
    public async Task Attach_Many_TakesFewMilliseconds()
    {
        const int count = 50;
        OnHost(() => Lab.Up(TwoNodes()));
        await AttachAsync(1, "warm");
        var pods = Enumerable.Range(0, count).Select(_ => _fixture.Keep(new TestNamespace())).ToList();
        var network = PodNetwork(1);
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < count; i++)
            await network.AttachAsync(new PodNetworkRequest($"many{i}", "default", $"many{i}", "uid", pods[i].FullPath, []), CancellationToken.None);
        var each = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / count;
        TestContext.Out.WriteLine($"attach: {each:f2} ms");
        Assert.That(each, Is.LessThan(20));
    }

    private List<IpRoute> HostRoutes()
    {
        using var host = RouteNetlink.Open(Host.FullPath);
        return [.. host.ListRoutes().Where(route => route.Table == 254)];
    }

    private static LabNode[] TwoNodes() => TwoNodeLab.Nodes();

    private static IPAddress NodeAddress(int number) => TwoNodeLab.NodeAddress(number);

    private string NodePath(int number) => _fixture.NodePath(number);

    private void OnHost(Action work) => Host.Run(work);

    private BridgePodNetwork PodNetwork(int node) => _fixture.PodNetwork(node);

    private BridgePodNetwork NewPodNetwork(int node) => _fixture.NewPodNetwork(node);

    private Task<LabPod> AttachAsync(int node, string sandbox, params PodPortMapping[] ports) => _fixture.AttachAsync(node, sandbox, ports);
}
