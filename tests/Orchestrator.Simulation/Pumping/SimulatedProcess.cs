using System.Diagnostics;

namespace Orchestrator.Simulation.Pumping;

/// <summary>
/// A process of the simulated cluster: whatever it starts runs under its synchronization context, on the pump. Killed, none of its
/// steps ever run again, wherever they stood; frozen, they wait.
/// </summary>
internal sealed class SimulatedProcess
{
    private const string RunOnRule = "processes run on";

    private readonly List<Step> held = [];
    private TimeSpan frozen;
    private TimeSpan frozenAt;

    public SimulatedProcess(Pump pump, string name, bool isUrgent = false)
    {
        Pump = pump;
        Name = name;
        IsUrgent = isUrgent;
        Id = pump.NextProcessId();
        Context = new ProcessContext(this);
        Clock = new SimulatedClock(this);
    }

    public Pump Pump { get; }

    public string Name { get; }

    public int Id { get; }

    /// <summary>Its steps run before all others, in order: for observers, which must see each step's outcome before the next step.</summary>
    public bool IsUrgent { get; }

    public SynchronizationContext Context { get; }

    public SimulatedClock Clock { get; }

    public bool IsAlive { get; private set; } = true;

    public bool IsFrozen { get; private set; }

    /// <summary>How long it has run, but for the times when it was frozen.</summary>
    public TimeSpan Awake => (IsFrozen ? frozenAt : Pump.Now) - frozen;

    /// <summary>Called when the process is killed; by the network and the store, which are outside of it.</summary>
    public event Action? Died;

    /// <summary>Starts what the process is there for. It has no end but <see cref="Kill"/>.</summary>
    public void StartMain(Func<Task> main) => Pump.Enqueue(this, state => _ = WatchAsync(main, mayEnd: false), null);

    /// <summary>Starts a piece of work, which is done some time, or cancelled.</summary>
    public void Start(Func<Task> work) => Pump.Enqueue(this, state => _ = WatchAsync(work, mayEnd: true), null);

    public void Post(Action action) => Pump.Enqueue(this, static state => ((Action)state!)(), action);

    public void Kill()
    {
        IsAlive = false;
        held.Clear();
        Died?.Invoke();
    }

    public void Freeze()
    {
        if (!IsFrozen)
            frozenAt = Pump.Now;
        IsFrozen = true;
    }

    public void Thaw()
    {
        if (IsFrozen)
            frozen += Pump.Now - frozenAt;
        IsFrozen = false;
        foreach (var step in held)
            Pump.Enqueue(step);
        held.Clear();
    }

    public void Hold(Step step) => held.Add(step);

    private async Task WatchAsync(Func<Task> work, bool mayEnd)
    {
        try
        {
            await work();
            if (!mayEnd)
                Pump.Fail(RunOnRule, $"{Name} ended by itself");
        }
        catch (OperationCanceledException) when (mayEnd)
        {
            // Asked to end.
        }
        catch (Exception error)
        {
            Pump.Fail(RunOnRule, $"{Name} ended: {error.Message}", error);
        }
    }

    public override string ToString() => Name;

    /// <summary>Brings every continuation of the process back to the pump.</summary>
    private sealed class ProcessContext(SimulatedProcess process) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => process.Pump.Enqueue(process, d, state);

        public override void Send(SendOrPostCallback d, object? state) =>
            throw new UnreachableException("nothing in the simulation may block on another flow");

        public override SynchronizationContext CreateCopy() => this;
    }
}
