using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api.Coordination.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Client.LeaderElection;
using Orchestrator.Testing;

namespace Orchestrator.Client.Tests.LeaderElection;

[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LeaderElectorTests
{
    private readonly FakeClock clock = new();
    private readonly TrackedContext context = new();
    private readonly FakeCluster cluster;
    private readonly List<string> leaders = [];
    private readonly List<(CancellationTokenSource Stop, Task Running)> started = [];

    public LeaderElectorTests() => cluster = new FakeCluster(clock);

    [TearDown]
    public async Task TearDown()
    {
        cluster.Refuse = null;
        foreach (var (stop, running) in started)
        {
            await stop.CancelAsync();
            await running;
        }
    }

    [Test]
    public async Task Run_NoLeaseYet_LeadsAtOnce()
    {
        Start("a");
        await Settle.UntilAsync(() => leaders is ["a"]);
        Assert.That(cluster.All<Lease>()[0].Spec!.HolderIdentity, Is.EqualTo("a"));
    }

    [Test]
    public async Task Run_Two_OneLeadsAndTheOtherTakesOverWhenItStops()
    {
        Start("a");
        await Settle.UntilAsync(() => leaders is ["a"]);
        Start("b");
        await clock.AdvanceUntilAsync(() => clock.GetUtcNow().Minute > 1, TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(1));
        Assert.That(leaders, Is.EqualTo(["a"]));

        await started[0].Stop.CancelAsync();
        await started[0].Running;
        await clock.AdvanceUntilAsync(() => leaders is ["b"], TimeSpan.FromSeconds(3));
    }

    [Test]
    public async Task Run_LeaderDies_TheOtherWaitsForTheLeaseToExpire()
    {
        Start("a");
        await Settle.UntilAsync(() => leaders is ["a"]);
        var lease = cluster.All<Lease>()[0];
        await started[0].Stop.CancelAsync();
        await started[0].Running;
        // As if it had died without releasing.
        var released = cluster.All<Lease>()[0];
        await cluster.UpdateAsync(released with { Spec = lease.Spec }, default);

        Start("b");
        await context.QuietAsync();
        clock.Advance(TimeSpan.FromSeconds(14));
        await context.QuietAsync();
        Assert.That(leaders, Is.Empty);
        await clock.AdvanceUntilAsync(() => leaders is ["b"], TimeSpan.FromSeconds(4));
        Assert.That(cluster.All<Lease>()[0].Spec!.LeaseTransitions, Is.EqualTo(1));
    }

    [Test]
    public async Task Run_SameIdentityAfterACrash_LeadsAtOnce()
    {
        await cluster.CreateAsync(
            new Lease
            {
                Metadata = new() { Name = "test", Namespace = "kube-system" },
                Spec = new LeaseSpec { HolderIdentity = "a", LeaseDurationSeconds = 15, RenewTime = clock.GetUtcNow() },
            },
            default);
        Start("a");
        await Settle.UntilAsync(() => leaders is ["a"]);
    }

    [Test]
    public async Task Lead_ServerAwayForLong_EndsBeforeOthersMayLead()
    {
        Start("a");
        await Settle.UntilAsync(() => leaders is ["a"]);
        cluster.Refuse = _ => Errors.Unavailable();
        var lostAt = clock.GetUtcNow();
        await clock.AdvanceUntilAsync(() => leaders is [], TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(0.5));
        Assert.That((clock.GetUtcNow() - lostAt).TotalSeconds, Is.InRange(8, 14.5));

        cluster.Refuse = null;
        await clock.AdvanceUntilAsync(() => leaders is ["a"], TimeSpan.FromSeconds(5));
    }

    [Test]
    public async Task Write_OfALeaderThatCouldNotRenew_IsRefusedBeforeItIsSent()
    {
        var elector = Start("a");
        var client = new FencedApiClient(cluster, () => elector.IsLeading);
        await Settle.UntilAsync(() => leaders is ["a"]);
        await client.CreateAsync(NewLease("while-leading"), default);

        // The process was frozen, and has not renewed yet when it goes on. (Had it, it would lead again, and rightly.)
        cluster.Refuse = request => request.Key.Name == "test" ? Errors.Unavailable() : null;
        clock.Advance(TimeSpan.FromSeconds(11));

        var refusal = Assert.ThrowsAsync<ApiException>(() => client.CreateAsync(NewLease("too-late"), default));
        Assert.That(refusal!.Message, Does.Contain("may not lead"));
        Assert.That(cluster.All<Lease>().Select(lease => lease.Metadata.Name), Does.Not.Contain("too-late"));
    }

    [Test]
    public async Task IsLeading_AfterRelease_IsFalse()
    {
        var elector = Start("a");
        await Settle.UntilAsync(() => leaders is ["a"]);
        Assert.That(elector.IsLeading, Is.True);
        await started[0].Stop.CancelAsync();
        await started[0].Running;
        Assert.That(elector.IsLeading, Is.False);
    }

    private static Lease NewLease(string name) => new() { Metadata = new() { Name = name, Namespace = "kube-system" } };

    private LeaderElector Start(string identity)
    {
        var stop = new CancellationTokenSource();
        var elector = new LeaderElector(
            cluster, new LeaderElectionOptions { Name = "test", Identity = identity }, clock, NullLogger<LeaderElector>.Instance);
        started.Add((stop, context.Start(() => elector.RunAsync(token => LeadAsync(identity, token), stop.Token))));
        return elector;
    }

    private async Task LeadAsync(string identity, CancellationToken cancellationToken)
    {
        leaders.Add(identity);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
        }
        finally
        {
            leaders.Remove(identity);
        }
    }
}
