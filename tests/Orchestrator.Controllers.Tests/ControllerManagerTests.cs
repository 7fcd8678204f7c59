using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Coordination.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Client;
using Orchestrator.Client.LeaderElection;
using Orchestrator.Controllers.Tests.Machinery;
using Orchestrator.Testing;

namespace Orchestrator.Controllers.Tests;

[CancelAfter(60_000)]
public sealed class ControllerManagerTests
{
    [Test]
    public async Task Run_WithLeaderElection_RunsAllControllersAndGivesTheLeaseBack()
    {
        var clock = new FakeClock();
        var cluster = new FakeCluster(clock);
        using var stop = new CancellationTokenSource();
        var options = new ControllerManagerOptions { LeaderElectionIdentity = "me", RootCertificateAuthorityPem = "PEM" };
        IApiClient? writer = null;
        var manager = new ControllerManager(cluster, MetadataOver, options, clock, new Random(1), NullLoggerFactory.Instance);
        await cluster.CreateAsync(new Namespace { Metadata = new() { Name = "default" } }, default);
        await cluster.CreateAsync(new Node { Metadata = new() { Name = "n1" } }, default);
        await cluster.CreateAsync(Objects.Deployment(2), default);

        var running = manager.RunAsync(stop.Token);
        await Settle.UntilAsync(() => cluster.All<Pod>().Count == 2 && cluster.All<ReplicaSet>().Count == 1
            && cluster.Find<ServiceAccount>("default", "default") is not null && cluster.Find<ConfigMap>("default", "kube-root-ca.crt") is not null
            && cluster.Find<Node>(null, "n1")!.Spec?.PodCIDR is not null);
        Assert.That(cluster.Find<Lease>("kube-system", "kube-controller-manager")!.Spec!.HolderIdentity, Is.EqualTo("me"));
        Assert.That(writer, Is.InstanceOf<FencedApiClient>(), "what treats all kinds alike writes no longer than it leads, either");

        await stop.CancelAsync();
        await running;
        Assert.That(cluster.Find<Lease>("kube-system", "kube-controller-manager")!.Spec!.HolderIdentity, Is.Empty);

        FakeCluster MetadataOver(IApiClient client)
        {
            writer = client;
            return cluster;
        }
    }
}
