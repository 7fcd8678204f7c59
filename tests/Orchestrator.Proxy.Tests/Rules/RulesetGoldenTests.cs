using System.Net;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Proxy.Services;
using EndpointPort = Orchestrator.Api.Discovery.V1.EndpointPort;
using static Orchestrator.Proxy.Tests.Objects;

namespace Orchestrator.Proxy.Tests.Rules;

/// <summary>One Service in all its variants, as the rules people read.</summary>
[TestFixture]
public class RulesetGoldenTests
{
    private static readonly ProxyTopology Node1 = new("node1", "");

    internal static readonly ProxyOptions Options = new() { NodeName = "node1", PodRange = IPNetwork.Parse("10.244.0.0/16") };

    private static readonly Endpoint[] TwoNodes = [Endpoint("10.244.1.2"), Endpoint("10.244.2.3", "node2")];

    [TestCaseSource(nameof(Cases))]
    public void Change_NewService_GivesTheseRules(string name, TrackedService service)
    {
        var state = new ProxyState(Options);
        var transaction = state.Change([service], Node1).Transaction;

        var kernel = new InMemoryNftables();
        kernel.Apply(new ProxyState(Options).Rebuild());
        kernel.Apply(transaction);
        Golden.Matches(transaction.ToString(), $"{name}.nft");
    }

    [Test]
    public void Rebuild_NoServices_GivesTheFixedPart() =>
        Golden.Matches(new ProxyState(Options).Rebuild().ToString(), "empty.nft");

    internal static IEnumerable<TestCaseData> Cases()
    {
        var web = Service("web");
        var nodePort = Service("web", type: "NodePort", ports: Port(80, "http", nodePort: 30080));
        var slice = Slice("web", "http", 8080, TwoNodes);
        var balancer = nodePort.With(spec => spec with { Type = "LoadBalancer" }) with
        {
            Status = new ServiceStatus { LoadBalancer = new LoadBalancerStatus { Ingress = [new LoadBalancerIngress { Ip = "203.0.113.7" }] } },
        };

        yield return Case("cluster-ip", Tracked(web, slice));
        yield return Case("cluster-ip-one-endpoint", Tracked(web, Slice("web", "http", 8080, TwoNodes[0])));
        yield return Case("cluster-ip-many-endpoints", Tracked(web, Slice("web", "http", 8080, [.. Enumerable.Range(2, 20).Select(i => Endpoint($"10.244.1.{i}"))])));
        yield return Case("cluster-ip-no-endpoints", Tracked(web));
        yield return Case("multi-port", Tracked(Service("dns", "10.96.0.10", "ClusterIP", Port(53, "dns", "UDP"), Port(53, "dns-tcp"), Port(9000, "link", "SCTP")),
            Slice("dns", [new EndpointPort { Name = "dns", Port = 53, Protocol = "UDP" }, new EndpointPort { Name = "dns-tcp", Port = 53, Protocol = "TCP" },
                new EndpointPort { Name = "link", Port = 9001, Protocol = "SCTP" }], TwoNodes)));
        yield return Case("node-port", Tracked(nodePort, slice));
        yield return Case("node-port-no-endpoints", Tracked(nodePort));
        yield return Case("node-port-local", Tracked(nodePort.With(spec => spec with { ExternalTrafficPolicy = "Local" }), slice));
        yield return Case("node-port-local-none-here", Tracked(nodePort.With(spec => spec with { ExternalTrafficPolicy = "Local" }), Slice("web", "http", 8080, TwoNodes[1])));
        yield return Case("internal-local", Tracked(web.With(spec => spec with { InternalTrafficPolicy = "Local" }), slice));
        yield return Case("internal-local-none-here", Tracked(web.With(spec => spec with { InternalTrafficPolicy = "Local" }), Slice("web", "http", 8080, TwoNodes[1])));
        yield return Case("internal-local-node-port", Tracked(nodePort.With(spec => spec with { InternalTrafficPolicy = "Local" }), slice));
        yield return Case("external-ips", Tracked(web.With(spec => spec with { ExternalIPs = ["198.51.100.4"] }), slice));
        yield return Case("load-balancer", Tracked(balancer, slice));
        yield return Case("load-balancer-ranges", Tracked(balancer.With(spec => spec with { LoadBalancerSourceRanges = ["203.0.113.0/24", "198.51.100.0/25"] }), slice));
        yield return Case("session-affinity", Tracked(web.With(spec => spec with
        {
            SessionAffinity = "ClientIP",
            SessionAffinityConfig = new SessionAffinityConfig { ClientIP = new ClientIPConfig { TimeoutSeconds = 600 } },
        }), slice));
    }

    private static TestCaseData Case(string name, TrackedService service) =>
        new TestCaseData(name, service).SetArgDisplayNames(name);
}
