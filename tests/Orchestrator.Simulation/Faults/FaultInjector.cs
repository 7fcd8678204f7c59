using System.Globalization;
using System.Text.RegularExpressions;
using Orchestrator.Simulation.Cluster;
using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Simulation.Storage;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Faults;

/// <summary>Makes things fail, as often as the plan says, until told to stop; then everything is mended.</summary>
internal sealed partial class FaultInjector(
    Pump pump, Random random, Random aim, FaultPlan plan, IReadOnlyList<IComponent> components, Leaders leaders, Switchboard board, IKeyValueStore store, Action<string>? log)
{
    private readonly SimulatedProcess process = new(pump, "faults");
    private readonly List<SimulatedProcess> frozen = [];
    private readonly IReadOnlyList<IComponent> clients = [.. components.Where(one => one is not ApiServerComponent)];
    private readonly IReadOnlyList<IComponent> nodes = [.. components.Where(one => one is HollowKubelet)];
    private bool isActive;
    private TimeSpan outageEnds;

    /// <summary>What the store does to its callers now.</summary>
    public StoreFaults Store => !isActive ? StoreFaults.None
        : pump.Now < outageEnds ? plan.Store with { FailedReads = 1, LostWrites = 0.6, UnansweredWrites = 0.2, LateWrites = 0.2, BrokenWatches = 1 }
        : plan.Store;

    public void Start()
    {
        isActive = true;
        board.Slowness = plan.Slowness;
        board.WatchArrives = Repeating;
        Repeat(plan.Kills, Kill);
        Repeat(plan.Freezes, Freeze);
        Repeat(plan.LeaderFreezes, FreezeLeader);
        Repeat(plan.Cuts, Cut);
        Repeat(plan.Isolations, Isolate);
        Repeat(plan.NodesAway, SendNodeAway);
        Repeat(plan.ClockJumps, JumpClock);
        Repeat(plan.Compactions, Compact);
        Repeat(plan.Outages, StopStore);
    }

    public void Stop()
    {
        isActive = false;
        board.Slowness = TimeSpan.Zero;
        board.WatchArrives = uri => uri;
        foreach (var link in board.AllLinks)
            link.Heal();
        foreach (var one in frozen)
            one.Thaw();
        foreach (var component in components)
        {
            if (component.Process is { IsAlive: true } running)
                running.Clock.Offset = TimeSpan.Zero;
            else
                component.Start();
        }
    }

    /// <summary>
    /// Somebody is about to go on from a revision that it knows. The compaction is done in this very step: it comes before
    /// anything else can.
    /// </summary>
    public void WeakMoment()
    {
        if (!isActive || aim.NextDouble() >= plan.AimedCompactions)
            return;
        // The memory store answers at once.
        var revision = store.GetRevisionAsync(CancellationToken.None).AsTask().Result;
        store.CompactAsync(revision, CancellationToken.None).AsTask().Wait();
        Note(FaultKind.AimedCompaction, $"compact at {revision}, where a watch begins or breaks");
    }

    /// <summary>
    /// A watch from just before its client's last event is told that event again. Further back it must not go: a cache that is shown
    /// older states of an object would take them for new ones, and no client asks for that.
    /// </summary>
    private Uri Repeating(Uri watch)
    {
        WeakMoment();
        if (aim.NextDouble() >= plan.RepeatedEvents)
            return watch;
        return new Uri(ResumedAt().Replace(watch.OriginalString, match =>
        {
            pump.Faults.Add(FaultKind.RepeatedEvents);
            return (long.Parse(match.Value, CultureInfo.InvariantCulture) - 1).ToString(CultureInfo.InvariantCulture);
        }));
    }

    [GeneratedRegex("(?<=[?&]resourceVersion=)[1-9][0-9]+")]
    private static partial Regex ResumedAt();

    private void Repeat(TimeSpan? mean, Action fault)
    {
        if (mean is not { } period)
            return;
        // The gaps of independent events are exponentially distributed.
        pump.After(period * -Math.Log(1 - random.NextDouble()), process, () =>
        {
            if (!isActive)
                return;
            fault();
            Repeat(mean, fault);
        });
    }

    private void Kill()
    {
        var victim = Any(components);
        if (victim.Process is { IsAlive: true })
            Kill(victim, FaultKind.Kill, Between(0.05, 15));
    }

    private void Kill(IComponent victim, FaultKind kind, TimeSpan time)
    {
        Note(kind, $"kill {victim.Name} for {time}");
        victim.Process!.Kill();
        pump.After(time, process, () =>
        {
            if (victim.Process is { IsAlive: false })
                victim.Start();
        });
    }

    private void Freeze() => Freeze(Any(components).Process, FaultKind.Freeze, Between(0.01, 25));

    /// <summary>Whom others depose while it cannot know; most such freezes outlast the Lease.</summary>
    private void FreezeLeader()
    {
        var leading = leaders.Current.Where(one => one is { IsAlive: true, IsFrozen: false }).ToList();
        if (leading.Count > 0)
            Freeze(Any(leading), FaultKind.LeaderFreeze, Evenly(10, 40));
    }

    private void Freeze(SimulatedProcess? victim, FaultKind kind, TimeSpan time)
    {
        if (victim is not { IsAlive: true, IsFrozen: false })
            return;
        Note(kind, $"freeze {victim.Name} for {time}");
        victim.Freeze();
        frozen.Add(victim);
        pump.After(time, process, () =>
        {
            victim.Thaw();
            frozen.Remove(victim);
        });
    }

    private void Cut()
    {
        var time = Between(0.05, 40);
        Note(FaultKind.Cut, $"cut a link for {time}");
        Any(board.AllLinks).Cut(time);
    }

    private void Isolate() => Isolate(Any(clients), FaultKind.Isolation, Evenly(2, 60));

    private void Isolate(IComponent victim, FaultKind kind, TimeSpan time)
    {
        Note(kind, $"cut {victim.Name} off for {time}");
        foreach (var server in board.Servers)
            board.Between(victim.Name, server).Cut(time);
    }

    /// <summary>The same to the cluster, whatever it is: a network that is cut, a machine that is off, or one that hangs.</summary>
    private void SendNodeAway()
    {
        var (node, time) = (Any(nodes), Evenly(30, 120));
        if (node.Process is not { IsAlive: true, IsFrozen: false } running)
            return;
        switch (random.Next(3))
        {
            case 0:
                Isolate(node, FaultKind.NodeAway, time);
                break;
            case 1:
                Kill(node, FaultKind.NodeAway, time);
                break;
            default:
                Freeze(running, FaultKind.NodeAway, time);
                break;
        }
    }

    private void JumpClock()
    {
        if (Any(components).Process is not { IsAlive: true } victim)
            return;
        victim.Clock.Offset = TimeSpan.FromSeconds((random.NextDouble() - 0.5) * 240);
        Note(FaultKind.ClockJump, $"the clock of {victim.Name} is off by {victim.Clock.Offset}");
    }

    private void StopStore()
    {
        var time = Between(0.1, 8);
        Note(FaultKind.Outage, $"the store does not answer for {time}");
        outageEnds = pump.Now + time;
    }

    /// <summary>Mostly right behind the present: whoever lags has lost its place.</summary>
    private void Compact()
    {
        var back = random.Next(2) == 0 ? 0 : random.Next(100);
        process.Start(async () =>
        {
            var revision = await store.GetRevisionAsync(CancellationToken.None);
            Note(FaultKind.Compaction, $"compact at {revision - back}");
            await store.CompactAsync(Math.Max(1, revision - back), CancellationToken.None);
        });
    }

    private T Any<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];

    /// <summary>Mostly short.</summary>
    private TimeSpan Between(double least, double most) => TimeSpan.FromSeconds(least + ((most - least) * random.NextDouble() * random.NextDouble()));

    private TimeSpan Evenly(double least, double most) => TimeSpan.FromSeconds(least + ((most - least) * random.NextDouble()));

    private void Note(FaultKind kind, string what)
    {
        pump.Faults.Add(kind);
        log?.Invoke($"{pump.Steps,8} {pump.Now:mm\\:ss\\.ffffff} faults         {what}");
    }
}
