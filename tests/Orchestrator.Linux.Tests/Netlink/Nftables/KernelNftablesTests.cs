using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink.Nftables;

namespace Orchestrator.Linux.Tests.Netlink.Nftables;

[TestFixture, Category("Root")]
public class KernelNftablesTests
{
    private static readonly NftTable Table = new(NftFamily.IPv4, "orc-test");
    private static readonly NftSet Services = new("services", NftDataType.IPv4Address, NftDataType.InetProtocol, NftDataType.InetService)
    {
        ValueTypes = [NftDataType.Verdict],
    };
    private static readonly NftSet Empty = new("empty", NftDataType.IPv4Address, NftDataType.InetProtocol, NftDataType.InetService);
    private static readonly NftSet Targets = new("targets", NftDataType.InetProtocol, NftDataType.InetService)
    {
        ValueTypes = [NftDataType.IPv4Address, NftDataType.InetService],
    };
    private static readonly NftSet Pairs = new("pairs", NftDataType.IPv4Address, NftDataType.IPv4Address);
    private static readonly NftSet Clients = new("clients", NftDataType.IPv4Address) { Timeout = TimeSpan.FromHours(3) };
    private static readonly NftSet Links = new("links", NftDataType.InterfaceName);
    private static readonly ImmutableArray<NftSelector> ServiceKey =
        [NftSelector.DestinationAddress, NftSelector.Protocol, NftSelector.DestinationPort];

    private TestNamespace _ours = null!;
    private KernelNftables _nftables = null!;

    [SetUp]
    public void SetUp()
    {
        _ours = new TestNamespace();
        _nftables = KernelNftables.Open(_ours.FullPath);
    }

    [TearDown]
    public void TearDown()
    {
        _nftables.Dispose();
        _ours.Dispose();
    }

    [Test]
    public void Apply_EveryKindOfStatement_ListsAsTheTextFormDoes()
    {
        using var reference = new TestNamespace();
        var transaction = EverythingTransaction();

        _nftables.Apply(transaction);
        NftCommand.Load(reference, NftText.Render(transaction));

        Assert.That(NftCommand.List(_ours), Is.EqualTo(NftCommand.List(reference)));
    }

    [Test]
    public void Apply_IPv6AndBridgeTables_ListAsTheTextFormDoes()
    {
        using var reference = new TestNamespace();
        foreach (var transaction in new[] { IPv6Transaction(), BridgeTransaction() })
        {
            _nftables.Apply(transaction);
            NftCommand.Load(reference, NftText.Render(transaction));
        }
        Assert.That(NftCommand.List(_ours), Is.EqualTo(NftCommand.List(reference)));
    }

    [Test]
    public void Apply_OneOperationFails_NothingIsApplied()
    {
        var exception = Assert.Throws<LinuxException>(() => _nftables.Apply(new NftTransaction(Table)
            .AddTable().AddChain("a")
            .AddRule("a", new NftDecide(NftVerdict.Jump("missing")))));
        Assert.That(exception!.ErrorNumber, Is.EqualTo(Errno.ENOENT));
        Assert.That(exception.Message, Does.Contain("add rule ip orc-test a jump missing"));
        Assert.That(NftCommand.List(_ours), Is.Empty);
    }

    [Test]
    public void Apply_ChangesAndDeletions_LeaveWhatIsExpected()
    {
        _nftables.Apply(EverythingTransaction());
        var key = new NftKey(NftDatum.Address(IPAddress.Parse("10.96.0.1")), NftDatum.Protocol(NftDatum.Tcp), NftDatum.Port(443));

        _nftables.Apply(new NftTransaction(Table)
            .DeleteElement(Services, new NftElement(key))
            .AddElement(Services, new NftElement(key, Verdict: NftVerdict.Drop))
            .Add(new NftOperation.FlushChain("pick"))
            .AddRule("pick", new NftDecide(NftVerdict.Return)));

        Assert.That(NftCommand.List(_ours), Does.Contain("10.96.0.1 . tcp . 443 : drop").And.Contain("\tchain pick {\n\t\treturn\n\t}"));
        _nftables.Apply(new NftTransaction(Table).RemoveTable());
        _nftables.Apply(new NftTransaction(Table).RemoveTable());
        Assert.That(NftCommand.List(_ours), Is.Empty);
    }

    [Test]
    public void Apply_ThousandsOfElementsAndTargets_AllArrive()
    {
        var transaction = new NftTransaction(Table).AddTable().AddSet(Services).AddChain("many");
        for (var i = 0; i < 5000; i++)
        {
            var address = new IPAddress([10, 96, (byte)(i >> 8), (byte)i]);
            transaction.AddElement(Services, new NftElement(
                new NftKey(NftDatum.Address(address), NftDatum.Protocol(NftDatum.Tcp), NftDatum.Port(80)), Verdict: NftVerdict.Goto("many")));
        }
        ImmutableArray<IPEndPoint> targets = [.. Enumerable.Range(0, 3000).Select(i => new IPEndPoint(new IPAddress([10, 244, (byte)(i >> 8), (byte)i]), 80))];
        transaction.AddRule("many", new NftMatch(NftSelector.Protocol, NftDatum.Protocol(NftDatum.Tcp)), new NftRandomRedirect(targets));

        _nftables.Apply(transaction);

        var listed = NftCommand.List(_ours);
        Assert.That(listed, Does.Contain("numgen random mod 3000").And.Contain("2999 : 10.244.11.183 . 80"));
        Assert.That(System.Text.RegularExpressions.Regex.Count(listed, "goto many"), Is.EqualTo(5000));
    }

    private static NftTransaction EverythingTransaction()
    {
        var tcp = new NftMatch(NftSelector.Protocol, NftDatum.Protocol(NftDatum.Tcp));
        return new NftTransaction(Table).AddTable()
            .AddSet(Services).AddSet(Empty).AddSet(Targets).AddSet(Pairs).AddSet(Clients).AddSet(Links)
            .AddChain("pick").AddChain("one").AddChain("two")
            .AddChain("nat-pre", new NftBase("nat", NftHook.Prerouting, NftBase.DestinationNat))
            .AddChain("filter-fwd", new NftBase("filter", NftHook.Forward, NftBase.DestinationNat - 10))
            .AddChain("nat-post", new NftBase("nat", NftHook.Postrouting, NftBase.SourceNat))
            .AddRule("one", new NftRemember([NftSelector.SourceAddress], "clients"), tcp, new NftRedirect(IPAddress.Parse("10.244.1.2"), 8080))
            .AddRule("two", tcp, new NftRandomRedirect([new(IPAddress.Parse("10.244.1.2"), 80), new(IPAddress.Parse("10.244.2.9"), 8081)]))
            .AddRule("pick", new NftMatchSet([NftSelector.SourceAddress], "clients"), new NftDecide(NftVerdict.Goto("one")))
            .AddRule("pick", new NftRandomVerdict([NftVerdict.Goto("one"), NftVerdict.Goto("two"), NftVerdict.Drop]))
            .AddRule("nat-pre", new NftVerdictMap(ServiceKey, "services"))
            .AddRule("nat-pre", new NftMatchLocalDestination(),
                new NftMatchRange(NftSelector.DestinationAddress, IPNetwork.Parse("127.0.0.0/8")) { Negate = true },
                new NftMapRedirect([NftSelector.Protocol, NftSelector.DestinationPort], "targets"))
            .Add(new NftOperation.AddRule("filter-fwd", new NftRule(new NftMatchNew(),
                new NftMatchSet(ServiceKey, "empty"), new NftReject())
            { Comment = "no endpoints" }))
            .AddRule("filter-fwd", tcp, new NftReject(NftRejection.TcpReset))
            .AddRule("filter-fwd", new NftMatch(NftSelector.InputInterface, NftDatum.Interface("orc0")),
                new NftMatch(NftSelector.OutputInterface, NftDatum.Interface("eth0")) { Negate = true }, new NftReject(NftRejection.HostUnreachable))
            .AddRule("filter-fwd", new NftMatchRange(NftSelector.SourceAddress, IPNetwork.Parse("10.96.0.0/12")) { Negate = true },
                new NftMatchLocalSource(), new NftMatchSet([NftSelector.OutputInterface], "links") { Negate = true }, new NftDecide(NftVerdict.Drop))
            .AddRule("filter-fwd", new NftMatch(NftSelector.OriginalDestinationAddress, NftDatum.Address(IPAddress.Parse("10.1.1.1"))),
                new NftMarkBits(0x4000), new NftDecide(NftVerdict.Accept))
            .AddRule("nat-post", new NftMatchMark(0x4000) { Negate = true }, new NftDecide(NftVerdict.Return))
            .AddRule("nat-post", new NftMatchMark(0x4000), new NftFlipMark(0x4000), new NftMasquerade())
            .AddRule("nat-post", new NftMatchSet([NftSelector.SourceAddress, NftSelector.DestinationAddress], "pairs"), new NftMasquerade())
            .AddElement(Services, new NftElement(new NftKey(NftDatum.Address(IPAddress.Parse("10.96.0.1")), NftDatum.Protocol(NftDatum.Tcp), NftDatum.Port(443)), Verdict: NftVerdict.Goto("pick")))
            .AddElement(Services, new NftElement(new NftKey(NftDatum.Address(IPAddress.Parse("10.96.0.10")), NftDatum.Protocol(NftDatum.Udp), NftDatum.Port(53)), Verdict: NftVerdict.Drop))
            .AddElement(Targets, new NftElement(new NftKey(NftDatum.Protocol(NftDatum.Sctp), NftDatum.Port(9000)), new NftKey(NftDatum.Address(IPAddress.Parse("10.244.3.4")), NftDatum.Port(90))))
            .AddElement(Pairs, new NftElement(new NftKey(NftDatum.Address(IPAddress.Parse("10.244.1.2")), NftDatum.Address(IPAddress.Parse("10.244.1.2")))))
            .AddElement(Links, new NftElement(new NftKey(NftDatum.Interface("eth0"))));
    }

    private static NftTransaction IPv6Transaction()
    {
        var services = new NftSet("services", NftDataType.IPv6Address, NftDataType.InetProtocol, NftDataType.InetService) { ValueTypes = [NftDataType.Verdict] };
        var udp = new NftMatch(NftSelector.Protocol, NftDatum.Protocol(NftDatum.Udp));
        return new NftTransaction(new NftTable(NftFamily.IPv6, "orc-test6")).AddTable().AddSet(services).AddChain("pick")
            .AddChain("nat-pre", new NftBase("nat", NftHook.Prerouting, NftBase.DestinationNat))
            .AddRule("pick", udp, new NftRandomRedirect([new(IPAddress.Parse("fd00::2"), 53), new(IPAddress.Parse("fd00::3"), 53)]))
            .AddRule("pick", udp, new NftRedirect(IPAddress.Parse("fd00::4"), 53))
            .AddRule("nat-pre", new NftVerdictMap(ServiceKey, "services"))
            .AddRule("nat-pre", new NftMatchRange(NftSelector.SourceAddress, IPNetwork.Parse("fd00::/64")), new NftDecide(NftVerdict.Accept))
            .AddElement(services, new NftElement(new NftKey(NftDatum.Address(IPAddress.Parse("fd00:96::1")), NftDatum.Protocol(NftDatum.Udp), NftDatum.Port(53)), Verdict: NftVerdict.Goto("pick")));
    }

    private static NftTransaction BridgeTransaction()
    {
        var pairs = new NftSet("pairs", NftDataType.InterfaceName, NftDataType.InterfaceName);
        return new NftTransaction(new NftTable(NftFamily.Bridge, "orc-test-cut")).AddTable().AddSet(pairs)
            .AddChain("cut", new NftBase("filter", NftHook.Forward, NftBase.Filter))
            .AddRule("cut", new NftMatchSet([NftSelector.InputInterface, NftSelector.OutputInterface], "pairs"), new NftDecide(NftVerdict.Drop))
            .AddElement(pairs, new NftElement(new NftKey(NftDatum.Interface("a0"), NftDatum.Interface("b0"))));
    }
}
