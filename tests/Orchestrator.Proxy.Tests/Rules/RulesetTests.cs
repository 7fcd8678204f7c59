using Orchestrator.Api.Core.V1;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Proxy.Services;
using static Orchestrator.Proxy.Tests.Objects;

namespace Orchestrator.Proxy.Tests.Rules;

[TestFixture]
public class RulesetTests
{
    private static readonly ProxyTopology Node1 = new("node1", "");
    private static readonly ProxyOptions Options = RulesetGoldenTests.Options;
    private static readonly NftTable Table = new(NftFamily.IPv4, "orc-proxy");

    private ProxyState _state = null!;
    private InMemoryNftables _kernel = null!;

    [SetUp]
    public void SetUp()
    {
        _state = new ProxyState(Options);
        _kernel = new InMemoryNftables();
        _kernel.Apply(_state.Rebuild());
    }

    [Test]
    public void Change_OneEndpointMoreAmongMany_WritesElementsOnly()
    {
        Apply([.. Enumerable.Range(0, 200).Select(i => Tracked(Service($"s{i}", $"10.96.1.{i}"), Slice($"s{i}", "http", 8080, Endpoint("10.244.1.2"))))]);

        var transaction = Apply(Tracked(Service("s7", "10.96.1.7"), Slice("s7", "http", 8080, Endpoint("10.244.1.2"), Endpoint("10.244.1.9"))));

        Assert.That(transaction.ToString().TrimEnd().Split('\n'), Is.EqualTo(new[]
        {
            "delete element ip orc-proxy endpoints-1 { 10.96.1.7 . tcp . 80 }",
            "add element ip orc-proxy endpoints-2 { 10.96.1.7 . tcp . 80 . 0 : 10.244.1.2 . 8080 }",
            "add element ip orc-proxy endpoints-2 { 10.96.1.7 . tcp . 80 . 1 : 10.244.1.9 . 8080 }",
            "add element ip orc-proxy hairpins { 10.244.1.9 . 10.244.1.9 }",
        }));
    }

    [Test]
    public void Change_EndpointOfANodePort_WritesItsChainOnly()
    {
        var service = Service("web", type: "NodePort", ports: Port(80, "http", nodePort: 30080));
        Apply(Tracked(service, Slice("web", "http", 8080, Endpoint("10.244.1.2"))));

        var transaction = Apply(Tracked(service, Slice("web", "http", 8080, Endpoint("10.244.1.3"))));

        Assert.That(transaction.ToString().TrimEnd().Split('\n'), Is.EqualTo(new[]
        {
            "delete element ip orc-proxy hairpins { 10.244.1.2 . 10.244.1.2 }",
            "flush chain ip orc-proxy service-default/web/tcp/http",
            "add rule ip orc-proxy service-default/web/tcp/http meta l4proto tcp dnat to 10.244.1.3:8080",
            "add element ip orc-proxy hairpins { 10.244.1.3 . 10.244.1.3 }",
        }));
    }

    [Test]
    public void Change_EndpointsGrowPastTheMaps_TakesAChainAndGoesBack()
    {
        TrackedService With(int count) => Tracked(Service("web"), Slice("web", "http", 8080, [.. Enumerable.Range(2, count).Select(i => Endpoint($"10.244.1.{i}"))]));
        for (var count = 1; count <= 20; count++)
            Apply(With(count));
        Assert.That(_kernel.List(Table), Does.Contain("numgen random mod 20 map").And.Contain("goto service-default/web/tcp/http"));
        for (var count = 20; count >= 1; count--)
            Apply(With(count));
        Assert.That(_kernel.List(Table), Does.Contain("10.96.0.20 . tcp . 80 : 10.244.1.2 . 8080").And.Not.Contain("service-default"));
    }

    [Test]
    public void Change_NothingNew_WritesNothing()
    {
        var service = Tracked(Service("web"), Slice("web", "http", 8080, Endpoint("10.244.1.2")));
        Apply(service);
        Assert.That(Apply(service).Operations, Is.Empty);
    }

    [Test]
    public void Change_ServiceGone_LeavesTheEmptyTable()
    {
        var empty = _kernel.List(Table);
        Apply(Tracked(Sticky(60), Slice("web", "http", 8080, Endpoint("10.244.1.2"), Endpoint("10.244.2.2", "node2"))));
        Assert.That(_kernel.List(Table), Is.Not.EqualTo(empty));
        Apply(Gone("web"));
        Assert.That(_kernel.List(Table), Is.EqualTo(empty));
    }

    [Test]
    public void Change_AffinityTimeout_ReplacesTheSets()
    {
        var slice = Slice("web", "http", 8080, Endpoint("10.244.1.2"));
        Apply(Tracked(Sticky(60), slice));
        var transaction = Apply(Tracked(Sticky(90), slice));
        Assert.That(transaction.ToString(), Does.Contain("delete set").And.Contain("timeout 90s"));
    }

    [Test]
    public void Change_EndpointRemovedFromStickyService_KeepsTheOthersClients()
    {
        Apply(Tracked(Sticky(60), Slice("web", "http", 8080, Endpoint("10.244.1.2"), Endpoint("10.244.1.3"))));
        var text = Apply(Tracked(Sticky(60), Slice("web", "http", 8080, Endpoint("10.244.1.2")))).ToString();
        Assert.That(text, Does.Contain("delete set ip orc-proxy affinity-default/web/tcp/http__10.244.1.3/8080"));
        Assert.That(text, Does.Not.Contain("set ip orc-proxy affinity-default/web/tcp/http__10.244.1.2/8080"));
    }

    [Test]
    public void Change_NodePortMovesBetweenServices_InOneTransaction()
    {
        var one = Service("one", "10.96.0.1", "NodePort", Port(80, "http", nodePort: 30080));
        var two = Service("two", "10.96.0.2", "NodePort", Port(80, "http", nodePort: 30081));
        Apply(Tracked(one), Tracked(two));
        Apply(
            Tracked(two.With(spec => spec with { Ports = [Port(80, "http", nodePort: 30080)] })),
            Tracked(one.With(spec => spec with { Ports = [Port(80, "http", nodePort: 30082)] })));
        Assert.That(_kernel.List(Table), Does.Contain("tcp . 30080 :").And.Contain("tcp . 30082 :").And.Not.Contain("tcp . 30081 :"));
    }

    [Test]
    public void Change_TwoServicesClaimOneExternalIP_FirstKeepsItUntilItLetsGo()
    {
        var one = Service("one", "10.96.0.1").With(spec => spec with { ExternalIPs = ["198.51.100.4"] });
        var two = Service("two", "10.96.0.2").With(spec => spec with { ExternalIPs = ["198.51.100.4"] });
        Apply(Tracked(one, Slice("one", "http", 8080, Endpoint("10.244.1.2"))));
        Apply(Tracked(two, Slice("two", "http", 8080, Endpoint("10.244.1.3"))));
        Assert.That(_kernel.List(Table), Does.Contain("198.51.100.4 . tcp . 80 : goto external-default/one/tcp/http"));
        Apply(Gone("one"));
        Assert.That(_kernel.List(Table), Does.Contain("198.51.100.4 . tcp . 80 : goto external-default/two/tcp/http"));
    }

    /// <summary>Whatever the order of changes, the table is the one that a fresh start would write.</summary>
    [Test]
    public void Change_RandomHistory_EndsLikeAFreshStart([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        var final = new Dictionary<string, TrackedService>();
        for (var step = 0; step < 60; step++)
        {
            TrackedService[] batch = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => RandomService(random)).DistinctBy(service => service.Key)];
            Apply(batch);
            foreach (var service in batch)
                final[service.Key.Name] = service;
        }
        var fresh = new ProxyState(Options);
        fresh.Change([.. final.Values], Node1);
        var freshKernel = new InMemoryNftables();
        freshKernel.Apply(fresh.Rebuild());
        var rebuilt = new InMemoryNftables();
        rebuilt.Apply(_state.Rebuild());
        Assert.That(_kernel.List(Table), Is.EqualTo(rebuilt.List(Table)), "what was written bit by bit is what would be written at once");
        Assert.That(_kernel.List(Table), Is.EqualTo(freshKernel.List(Table)));
    }

    private static TrackedService RandomService(Random random)
    {
        var index = random.Next(5);
        var name = $"s{index}";
        if (random.Next(6) == 0)
            return Gone(name);
        var type = random.Next(3) == 0 ? "NodePort" : "ClusterIP";
        var service = Service(name, $"10.96.0.{10 + index}", type, [.. Enumerable.Range(0, random.Next(1, 3)).Select(port =>
            Port(80 + port, $"p{port}", random.Next(2) == 0 ? "TCP" : "UDP", type == "NodePort" ? 30000 + (index * 10) + port : null))]);
        service = service.With(spec => spec with
        {
            SessionAffinity = random.Next(3) == 0 ? "ClientIP" : "None",
            SessionAffinityConfig = new SessionAffinityConfig { ClientIP = new ClientIPConfig { TimeoutSeconds = random.Next(1, 3) * 60 } },
            ExternalTrafficPolicy = random.Next(2) == 0 ? "Local" : "Cluster",
            InternalTrafficPolicy = random.Next(4) == 0 ? "Local" : "Cluster",
        });
        return Tracked(service, Slice(name,
            [.. service.Spec!.Ports!.Select(port => new Api.Discovery.V1.EndpointPort { Name = port.Name, Port = 8080, Protocol = port.Protocol })],
            [.. Enumerable.Range(0, random.Next(4)).Select(_ => Endpoint($"10.244.{random.Next(1, 3)}.{random.Next(2, 6)}", $"node{random.Next(1, 3)}", random.Next(4) > 0))]));
    }

    private static Service Sticky(int seconds) => Service("web").With(spec => spec with
    {
        SessionAffinity = "ClientIP",
        SessionAffinityConfig = new SessionAffinityConfig { ClientIP = new ClientIPConfig { TimeoutSeconds = seconds } },
    });

    private NftTransaction Apply(params TrackedService[] services)
    {
        var transaction = _state.Change(services, Node1).Transaction;
        _kernel.Apply(transaction);
        return transaction;
    }
}
