using System.Net;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Proxy.Services;
using static Orchestrator.Proxy.Tests.Objects;

namespace Orchestrator.Proxy.Tests.Services;

[TestFixture]
public class ServicePortsTests
{
    private static readonly ProxyTopology Node1 = new("node1", "z1");

    [Test]
    public void Build_HeadlessExternalNameOrForeignProxy_GivesNothing()
    {
        Service[] ignored =
        [
            Service("a", "None"),
            Service("b", type: "ExternalName"),
            Service("c", ""),
            Service("d") with { Metadata = new() { Namespace = "default", Name = "d", Labels = new Dictionary<string, string> { ["service.kubernetes.io/service-proxy-name"] = "other" } } },
        ];
        Assert.That(ignored.SelectMany(service => ServicePorts.Build(service, [], Node1)), Is.Empty);
    }

    [Test]
    public void Build_DualStack_TakesTheAddressesOfTheFamily()
    {
        var service = Service("a").With(spec => spec with { ClusterIPs = ["fd00::1", "10.96.0.20"], ExternalIPs = ["fd00::2", "198.51.100.4"] });
        var slice = Slice("a", "http", 80, Endpoint("fd00::9")) with { AddressType = "IPv6" };
        var port = ServicePorts.Build(service, [slice], Node1).Single();
        Assert.Multiple(() =>
        {
            Assert.That(port.ClusterIP, Is.EqualTo(IPAddress.Parse("10.96.0.20")));
            Assert.That(port.ExternalIPs, Is.EqualTo(new[] { IPAddress.Parse("198.51.100.4") }));
            Assert.That(port.ClusterEndpoints, Is.Empty);
        });
    }

    [Test]
    public void Build_ReadyAndTerminatingEndpoints_PrefersReady() =>
        Assert.That(ClusterEndpoints(Endpoint("10.244.1.1"), Endpoint("10.244.1.2", ready: false, serving: true, terminating: true)),
            Is.EqualTo(new[] { "10.244.1.1:80" }));

    [Test]
    public void Build_OnlyTerminatingEndpoints_FallsBackToThoseThatServe() =>
        Assert.That(ClusterEndpoints(
                Endpoint("10.244.1.1", ready: false, serving: false, terminating: true),
                Endpoint("10.244.1.2", ready: false, serving: true, terminating: true), Endpoint("10.244.1.3", ready: false)),
            Is.EqualTo(new[] { "10.244.1.2:80" }));

    [Test]
    public void Build_ZoneHintsOnAll_StaysInTheZone()
    {
        Assert.That(ClusterEndpoints(InZone("10.244.1.1", "z1"), InZone("10.244.1.2", "z2")), Is.EqualTo(new[] { "10.244.1.1:80" }));
        Assert.That(ClusterEndpoints(InZone("10.244.1.1", "z3"), InZone("10.244.1.2", "z2")), Has.Length.EqualTo(2), "none for us");
        Assert.That(ClusterEndpoints(InZone("10.244.1.1", "z1"), Endpoint("10.244.1.2")), Has.Length.EqualTo(2), "one without hints");
    }

    [Test]
    public void Build_SeveralSlices_JoinsThemOnceEach()
    {
        var slices = new[] { Slice("a", "http", 80, Endpoint("10.244.1.1")), Slice("a", "http", 80, Endpoint("10.244.1.1"), Endpoint("10.244.1.2")) };
        Assert.That(ServicePorts.Build(Service("a"), slices, Node1).Single().ClusterEndpoints, Has.Length.EqualTo(2));
    }

    [Test]
    public void Build_AffinityWithoutTimeout_TakesThreeHours() =>
        Assert.That(ServicePorts.Build(Service("a").With(spec => spec with { SessionAffinity = "ClientIP" }), [], Node1).Single().AffinityTimeout,
            Is.EqualTo(TimeSpan.FromHours(3)));

    private static Endpoint InZone(string address, string zone) =>
        Endpoint(address) with { Hints = new EndpointHints { ForZones = [new ForZone { Name = zone }] } };

    private static string[] ClusterEndpoints(params Endpoint[] endpoints) =>
        [.. ServicePorts.Build(Service("a"), [Slice("a", "http", 80, endpoints)], Node1).Single().ClusterEndpoints.Select(endpoint => endpoint.ToString())];
}
