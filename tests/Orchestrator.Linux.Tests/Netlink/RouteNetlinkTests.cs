using System.Net;
using System.Net.NetworkInformation;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Linux.Tests.Netlink;

[TestFixture, Category("Root")]
public class RouteNetlinkTests
{
    private TestNamespace _namespace = null!;
    private RouteNetlink _netlink = null!;

    [SetUp]
    public void SetUp()
    {
        _namespace = new TestNamespace();
        _netlink = RouteNetlink.Open(_namespace.FullPath);
    }

    [TearDown]
    public void TearDown()
    {
        _netlink.Dispose();
        _namespace.Dispose();
        Assert.That(NetworkNamespace.Exists(_namespace.Name), Is.False);
    }

    [Test]
    public void CreateLink_VethWithPeerNamespace_PeerIsBornThere()
    {
        using var other = new TestNamespace();
        using var otherHandle = NetworkNamespace.Open(other.FullPath);
        using var otherNetlink = RouteNetlink.Open(other.FullPath);
        _netlink.CreateLink(new BridgeSpec("br0") { Up = true });
        var bridge = _netlink.GetLink("br0");

        _netlink.CreateLink(new VethSpec("veth1", "eth0")
        {
            PeerNamespace = otherHandle, MasterIndex = bridge.Index, Up = true, Mtu = 1400,
            PeerAddress = PhysicalAddress.Parse("0A-58-0A-00-00-05"),
        });

        var link = _netlink.GetLink("veth1");
        var peer = otherNetlink.GetLink("eth0");
        Assert.Multiple(() =>
        {
            Assert.That(link, Has.Property("Kind").EqualTo("veth").And.Property("Up").True.And.Property("Mtu").EqualTo(1400));
            Assert.That(link.MasterIndex, Is.EqualTo(bridge.Index));
            Assert.That(peer.Address, Is.EqualTo(PhysicalAddress.Parse("0A-58-0A-00-00-05")));
            Assert.That(peer, Has.Property("Up").False.And.Property("Mtu").EqualTo(1400));
            Assert.That(_netlink.FindLink("eth0"), Is.Null);
        });
    }

    [Test]
    public void CreateLink_NameTaken_ThrowsWithErrno()
    {
        _netlink.CreateLink(new BridgeSpec("br0"));
        var exception = Assert.Throws<LinuxException>(() => _netlink.CreateLink(new BridgeSpec("br0")));
        Assert.That(exception!.ErrorNumber, Is.EqualTo(Errno.EEXIST));
        Assert.That(exception.Message, Does.Contain("create link br0"));
    }

    [Test]
    public void ChangeLink_UpRenameMtu_ReportedBack()
    {
        _netlink.CreateLink(new VethSpec("a0", "b0"));
        var index = _netlink.GetLink("a0").Index;

        _netlink.ChangeLink(index, new LinkChange { Name = "c0", Mtu = 1300 });
        _netlink.ChangeLink(index, new LinkChange { Up = true });

        Assert.That(_netlink.GetLink("c0"), Has.Property("Mtu").EqualTo(1300).And.Property("Up").True);
        Assert.That(_netlink.DeleteLink("c0"), Is.True);
        Assert.That(_netlink.DeleteLink("c0"), Is.False);
        Assert.That(_netlink.ListLinks().Select(link => link.Name), Does.Not.Contain("b0"));
    }

    [Test]
    public void ChangeLink_Namespace_MovesIt()
    {
        using var other = new TestNamespace();
        using var handle = NetworkNamespace.Open(other.FullPath);
        _netlink.CreateLink(new BridgeSpec("br0"));

        _netlink.CreateLink(new VethSpec("a0", "b0"));
        _netlink.ChangeLink(_netlink.GetLink("b0").Index, new LinkChange { Namespace = handle });

        using var otherNetlink = RouteNetlink.Open(other.FullPath);
        Assert.That(otherNetlink.FindLink("b0"), Is.Not.Null);
        Assert.That(_netlink.FindLink("b0"), Is.Null);
    }

    [Test]
    public void CreateLink_Vxlan_AppearsWithItsKind()
    {
        _netlink.CreateLink(new VxlanSpec("vx0", 77, IPAddress.Parse("192.0.2.9")));
        var link = _netlink.GetLink("vx0");
        _netlink.ReplaceNeighbour(new Neighbour(link.Index, IPAddress.Parse("192.0.2.10"), PhysicalAddress.Parse("0A-58-0A-00-00-05"), Self: true));
        Assert.That(link.Kind, Is.EqualTo("vxlan"));
    }

    [Test]
    public void ChangeLink_NoLinkLocalAddress_ComesUpWithoutOne()
    {
        _netlink.CreateLink(new VethSpec("a0", "b0"));
        foreach (var name in new[] { "a0", "b0" })
            _netlink.ChangeLink(_netlink.GetLink(name).Index, new LinkChange { Up = true, NoLinkLocalAddress = true });
        Assert.That(_netlink.ListAddresses(System.Net.Sockets.AddressFamily.InterNetworkV6), Is.Empty);
    }

    [Test]
    public void Routes_SetListDelete_RoundTrip()
    {
        var index = UpLinkWithAddress("192.0.2.1", 24);
        var via = new IpRoute(IPNetwork.Parse("198.51.100.0/24")) { Gateway = IPAddress.Parse("192.0.2.7"), LinkIndex = index, Protocol = 88 };
        var refused = new IpRoute(IPNetwork.Parse("198.51.0.0/16")) { Type = RouteType.Unreachable, Metric = 4096 };
        var link = new IpRoute(IPNetwork.Parse("203.0.113.0/24")) { LinkIndex = index, Scope = RouteScope.Link };

        foreach (var route in new[] { via, refused, link, via })
            _netlink.ReplaceRoute(route);

        var main = _netlink.ListRoutes().Where(route => route.Table == 254).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(main, Has.One.EqualTo(via));
            Assert.That(main.Any(route => route.Destination == refused.Destination && route.Type == RouteType.Unreachable && route.Metric == 4096));
            Assert.That(main, Has.One.EqualTo(link));
            Assert.That(_netlink.DeleteRoute(via), Is.True);
            Assert.That(_netlink.DeleteRoute(via), Is.False);
        });
    }

    [Test]
    public void ReplaceRoute_GatewayOutOfReach_KernelExplains()
    {
        UpLinkWithAddress("192.0.2.1", 24);
        var exception = Assert.Throws<LinuxException>(() => _netlink.ReplaceRoute(
            new IpRoute(IPNetwork.Parse("198.51.100.0/24")) { Gateway = IPAddress.Parse("203.0.113.1") }));
        Assert.That(exception!.Message, Does.Contain("198.51.100.0/24").And.Contain("gateway"));
        Assert.That(exception.ErrorNumber, Is.EqualTo(Errno.ENETUNREACH));
    }

    [Test]
    public void Addresses_SetTwice_ListedOnce()
    {
        var index = UpLinkWithAddress("192.0.2.1", 24);
        _netlink.ReplaceAddress(new LinkAddress(index, IPAddress.Parse("192.0.2.1"), 24));
        Assert.That(_netlink.ListAddresses(), Is.EqualTo(new[] { new LinkAddress(index, IPAddress.Parse("192.0.2.1"), 24) }));
        Assert.That(_netlink.DeleteAddress(_netlink.ListAddresses()[0]), Is.True);
        Assert.That(_netlink.ListAddresses(), Is.Empty);
    }

    [Test]
    public void Neighbours_SetListDelete_RoundTrip()
    {
        var index = UpLinkWithAddress("192.0.2.1", 24);
        var neighbour = new Neighbour(index, IPAddress.Parse("192.0.2.9"), PhysicalAddress.Parse("0A-58-C0-00-02-09"));
        _netlink.ReplaceNeighbour(neighbour);
        Assert.That(_netlink.ListNeighbours(), Has.One.EqualTo(neighbour));
        Assert.That(_netlink.DeleteNeighbour(neighbour), Is.True);
    }

    [Test]
    public void ListLinks_ManyLinks_AllAreRead()
    {
        for (var i = 0; i < 200; i++)
            _netlink.CreateLink(new VethSpec($"a{i}", $"b{i}"));
        Assert.That(_netlink.ListLinks(), Has.Count.GreaterThanOrEqualTo(401));
    }

    private int UpLinkWithAddress(string address, int prefixLength)
    {
        _netlink.CreateLink(new VethSpec("a0", "b0") { Up = true });
        var index = _netlink.GetLink("a0").Index;
        _netlink.ChangeLink(_netlink.GetLink("b0").Index, new LinkChange { Up = true });
        _netlink.ReplaceAddress(new LinkAddress(index, IPAddress.Parse(address), prefixLength));
        return index;
    }
}
