using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client.Informers;
using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Proxy.Tests.Rules;
using Orchestrator.Testing;
using static Orchestrator.Proxy.Tests.Objects;
using EndpointPort = Orchestrator.Api.Discovery.V1.EndpointPort;

namespace Orchestrator.Proxy.Tests;

/// <summary>The whole proxy over a cluster in memory and a model of the kernel, in fake time.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class ProxierTests
{
    private static readonly NftTable Table = new(NftFamily.IPv4, "orc-proxy");

    private readonly FakeClock _clock = new();
    private readonly InMemoryNftables _kernel = new();
    private readonly FakeConntrack _conntrack = new();
    private readonly CancellationTokenSource _stop = new();
    private FakeCluster _cluster = null!;
    private Proxier _proxier = null!;
    private Task _running = Task.CompletedTask;

    [SetUp]
    public void SetUp() => _cluster = new FakeCluster(_clock);

    [TearDown]
    public async Task TearDown()
    {
        await _stop.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => _running);
        _proxier.Dispose();
        _stop.Dispose();
    }

    [Test]
    public async Task Run_ServiceAndSliceAppear_RulesFollow()
    {
        await StartAsync();
        await Create(Service("web"));
        await UntilAsync(() => Rules.Contains("10.96.0.20 . tcp . 80 : goto reject-packet"));
        await Create(Slice("web", "http", 8080, Endpoint("10.244.1.2")));
        await UntilAsync(() => Rules.Contains("10.96.0.20 . tcp . 80 : 10.244.1.2 . 8080"));
        await _cluster.DeleteAsync<Service>("default", "web", new(), CancellationToken.None);
        await UntilAsync(() => !Rules.Contains("10.96.0.20"));
    }

    [Test]
    public async Task Run_TableOfEarlierRun_IsReplacedInOneTransaction()
    {
        _kernel.Apply(new NftTransaction(Table).AddTable().AddChain("stale"));
        await Create(Service("web"));
        await StartAsync();
        Assert.That(Rules, Does.Not.Contain("stale").And.Contain("10.96.0.20"));
        Assert.That(_kernel.Applied, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Run_ManyChangesAtOnce_AreGathered()
    {
        await StartAsync();
        for (var i = 0; i < 50; i++)
            await Create(Service($"s{i}", $"10.96.1.{i}"));
        await UntilAsync(() => Rules.Contains("10.96.1.49"));
        Assert.That(_kernel.Applied, Has.Count.LessThan(10));
    }

    [Test]
    public async Task Run_KernelRefuses_WritesTheTableAnewLater()
    {
        await StartAsync();
        _kernel.NextFailure = new LinuxException(Errno.EBUSY, "nftables");
        await Create(Service("web"));
        await UntilAsync(() => Rules.Contains("10.96.0.20"));
        Assert.That(_kernel.Applied[^1].Operations[1], Is.TypeOf<NftOperation.DeleteTable>());
    }

    [Test]
    public async Task Run_UdpEndpointGone_ItsFlowsAreRemoved()
    {
        var service = Service("dns", "10.96.0.10", "ClusterIP", Port(53, "dns", "UDP"));
        EndpointPort[] ports = [new EndpointPort { Name = "dns", Port = 5353, Protocol = "UDP" }];
        await Create(service);
        var slice = await Create(Slice("dns", ports, Endpoint("10.244.1.2"), Endpoint("10.244.1.3")));
        await StartAsync();
        _conntrack.Flows.AddRange([Flow("10.244.1.2"), Flow("10.244.1.3"), Flow("10.244.1.2") with { DestinationPort = 99 }]);

        await _cluster.UpdateAsync(slice with { Endpoints = [Endpoint("10.244.1.3")] }, CancellationToken.None);
        await UntilAsync(() => _conntrack.Flows.Count == 2);

        Assert.That(_conntrack.Flows, Has.None.EqualTo(Flow("10.244.1.2")));
    }

    [Test]
    public async Task Run_NodeTellsItsZone_HintsAreFollowed()
    {
        await Create(new Node { Metadata = new ObjectMeta { Name = "node1" } });
        await Create(Service("web"));
        await Create(Slice("web", "http", 8080, InZone("10.244.1.2", "z1"), InZone("10.244.2.2", "z2")));
        await StartAsync();
        Assert.That(Rules, Does.Contain("10.96.0.20 . tcp . 80 . 1 :"));
        var node = _cluster.Find<Node>(null, "node1")!;
        await _cluster.UpdateAsync(node with
        {
            Metadata = node.Metadata with { Labels = new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = "z2" } },
        }, CancellationToken.None);
        await UntilAsync(() => Rules.Contains("10.96.0.20 . tcp . 80 : 10.244.2.2 . 8080"));
    }

    private string Rules => _kernel.List(Table);

    private async Task StartAsync()
    {
        var informers = new InformerFactory(_cluster, new InformerOptions(), _clock, new Random(1), NullLoggerFactory.Instance);
        _proxier = new Proxier(RulesetGoldenTests.Options, informers, _kernel, _conntrack, _clock, NullLogger<Proxier>.Instance);
        _running = Task.WhenAll(informers.RunAsync(_stop.Token), _proxier.RunAsync(_stop.Token));
        await UntilAsync(() => Rules.Contains("nat-postrouting"));
    }

    private Task UntilAsync(Func<bool> condition) => _clock.AdvanceUntilAsync(condition, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(5));

    private Task<T> Create<T>(T item) where T : Api.KubernetesObject => _cluster.CreateAsync(item, CancellationToken.None);

    private static Endpoint InZone(string address, string zone) =>
        Endpoint(address) with { Hints = new EndpointHints { ForZones = [new ForZone { Name = zone }] } };

    private static TrackedFlow Flow(string answers) => new(NftDatum.Udp, System.Net.IPAddress.Parse("10.244.9.9"), 5555,
        System.Net.IPAddress.Parse("10.96.0.10"), 53, System.Net.IPAddress.Parse(answers), 5353);

    private sealed class FakeConntrack : IConntrack
    {
        public List<TrackedFlow> Flows { get; } = [];

        public int Remove(Func<TrackedFlow, bool> match) => Flows.RemoveAll(flow => match(flow));
    }
}
