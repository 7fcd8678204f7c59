using Orchestrator.Simulation.Cluster;
using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Simulation.Storage;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Faults;

/// <summary>Makes things fail, as often as the plan says, until told to stop; then everything is mended.</summary>
internal sealed class FaultInjector(
    Pump pump, Random random, FaultPlan plan, IReadOnlyList<IComponent> components, Switchboard board, IKeyValueStore store, Action<string>? log)
{
    private readonly SimulatedProcess process = new(pump, "faults");
    private readonly List<SimulatedProcess> frozen = [];
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
        Repeat(plan.Kills, Kill);
        Repeat(plan.Freezes, Freeze);
        Repeat(plan.Cuts, Cut);
        Repeat(plan.ClockJumps, JumpClock);
        Repeat(plan.Compactions, Compact);
        Repeat(plan.Outages, () => outageEnds = pump.Now + Between(0.1, 8));
    }

    public void Stop()
    {
        isActive = false;
        board.Slowness = TimeSpan.Zero;
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
        var victim = components[random.Next(components.Count)];
        if (victim.Process is not { IsAlive: true } running)
            return;
        Note($"kill {victim.Name}");
        running.Kill();
        pump.After(Between(0.05, 15), process, () =>
        {
            if (victim.Process is { IsAlive: false })
                victim.Start();
        });
    }

    private void Freeze()
    {
        var victim = components[random.Next(components.Count)].Process;
        if (victim is not { IsAlive: true, IsFrozen: false })
            return;
        Note($"freeze {victim.Name}");
        victim.Freeze();
        frozen.Add(victim);
        pump.After(Between(0.01, 25), process, () =>
        {
            victim.Thaw();
            frozen.Remove(victim);
        });
    }

    private void Cut()
    {
        var links = board.AllLinks;
        var time = Between(0.05, 40);
        Note($"cut a link for {time}");
        links[random.Next(links.Count)].Cut(time);
    }

    private void JumpClock()
    {
        if (components[random.Next(components.Count)].Process is not { IsAlive: true } victim)
            return;
        victim.Clock.Offset = TimeSpan.FromSeconds((random.NextDouble() - 0.5) * 240);
        Note($"the clock of {victim.Name} is off by {victim.Clock.Offset}");
    }

    /// <summary>Mostly right behind the present: whoever lags has lost its place.</summary>
    private void Compact()
    {
        var back = random.Next(2) == 0 ? 0 : random.Next(100);
        process.Start(async () =>
        {
            var revision = await store.GetRevisionAsync(CancellationToken.None);
            Note($"compact at {revision - back}");
            await store.CompactAsync(Math.Max(1, revision - back), CancellationToken.None);
        });
    }

    private TimeSpan Between(double least, double most) => TimeSpan.FromSeconds(least + ((most - least) * random.NextDouble() * random.NextDouble()));

    private void Note(string what) => log?.Invoke($"{pump.Steps,8} {pump.Now:mm\\:ss\\.ffffff} faults         {what}");
}
