namespace Orchestrator.Simulation.Pumping;

/// <summary>
/// Runs all processes of a simulation on the calling thread, one step at a time. Which of the ready steps comes next is drawn from
/// the seed, and time moves to the next alarm when nothing is ready: so a seed is an interleaving, and the same each time.
/// </summary>
internal sealed class Pump
{
    /// <summary>What a step takes. Without it a loop that never waits would stop the time.</summary>
    private static readonly TimeSpan StepTime = TimeSpan.FromMicroseconds(5);

    private readonly Random random;
    private readonly Random alarmOrder;
    private readonly ExecutionContext cleanFlow;
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly List<Step> ready = [];
    private readonly Queue<Step> urgent = [];
    private readonly PriorityQueue<Alarm, (long Due, int Order)> alarms = new();
    private readonly List<Action> observers = [];
    private volatile SimulationFailure? failure;
    private Step current;
    private int processes;

    public Pump(Seeds seeds)
    {
        random = seeds.For("order of steps");
        alarmOrder = seeds.For("order of alarms");
        cleanFlow = ExecutionContext.Capture() ?? throw new InvalidOperationException("the flow of the execution context is suppressed");
    }

    /// <summary>Since the start of the run.</summary>
    public TimeSpan Now { get; private set; }

    public long Steps { get; private set; }

    public TraceHash Trace { get; } = new();

    /// <summary>What has gone wrong so far, by intent and as a consequence.</summary>
    public FaultCount Faults { get; } = new();

    /// <summary>The process whose step runs now.</summary>
    public SimulatedProcess? Running => current.Process;

    public int NextProcessId() => processes++;

    /// <summary>Runs after every step, before the next one.</summary>
    public void Observe(Action observer) => observers.Add(observer);

    public void Enqueue(SimulatedProcess process, SendOrPostCallback callback, object? state) => Enqueue(new Step(process, callback, state, IsBare: false));

    /// <summary>Makes a step ready that runs without a synchronization context; see <see cref="Step"/>.</summary>
    public void EnqueueBare(SimulatedProcess process, Action action) =>
        Enqueue(new Step(process, static state => ((Action)state!)(), action, IsBare: true));

    public void Enqueue(Step step)
    {
        if (!CheckThread())
            return;
        if (step.Process.IsUrgent)
            urgent.Enqueue(step);
        else if (step.Process.IsAlive)
            ready.Add(step);
    }

    /// <summary>Makes a step ready after a time, in the order of the alarms' ends and, for equal ones, in a drawn order.</summary>
    public Alarm After(TimeSpan delay, SimulatedProcess process, Action action, bool isBare = false)
    {
        var alarm = new Alarm(process, action, isBare);
        var due = Now + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
        if (CheckThread())
            alarms.Enqueue(alarm, (due.Ticks, alarmOrder.Next()));
        return alarm;
    }

    /// <summary>Notes that a rule was broken; the run ends after this step. The first one counts.</summary>
    public void Fail(string rule, string message, Exception? cause = null) => failure ??= new SimulationFailure(rule, message, Steps, Now, cause);

    /// <summary>Work must stay on the pump's thread: anything else is beyond the seed.</summary>
    public bool CheckThread()
    {
        if (Environment.CurrentManagedThreadId == thread)
            return true;
        Fail("one thread", $"work escaped to another thread:\n{Environment.StackTrace}");
        return false;
    }

    /// <summary>Runs until the condition holds, looked at after each step.</summary>
    /// <returns>False: the time was over first.</returns>
    /// <exception cref="SimulationFailure">A rule was broken.</exception>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var end = Now + limit;
        while (!condition())
        {
            if (Now >= end)
                return false;
            RunOne(end);
        }

        return true;
    }

    /// <summary>Runs for a time.</summary>
    /// <exception cref="SimulationFailure">A rule was broken.</exception>
    public void RunFor(TimeSpan time) => RunUntil(static () => false, time);

    private void RunOne(TimeSpan end)
    {
        ThrowIfFailed();
        RingAlarms();
        if (ready.Count == 0)
        {
            Now = alarms.TryPeek(out _, out var next) && next.Due < end.Ticks ? TimeSpan.FromTicks(next.Due) : end;
            return;
        }

        var index = random.Next(ready.Count);
        var step = ready[index];
        ready[index] = ready[^1];
        ready.RemoveAt(ready.Count - 1);
        if (!step.Process.IsAlive)
            return;
        if (step.Process.IsFrozen)
        {
            step.Process.Hold(step);
            return;
        }

        Steps++;
        Now += StepTime;
        Trace.Add(step.Process.Id);
        Trace.Add(Now.Ticks);
        Run(step);
        while (urgent.TryDequeue(out var observing))
            Run(observing);
        RunObservers();
        ThrowIfFailed();
    }

    /// <summary>A check that throws has seen what its author did not think of: that is a failure of the run like any other.</summary>
    private void RunObservers()
    {
        try
        {
            foreach (var observer in observers)
                observer();
        }
        catch (Exception error) when (error is not SimulationFailure)
        {
            Fail("checks do not throw", error.Message, error);
        }
    }

    private void ThrowIfFailed()
    {
        if (failure is not null)
            throw failure;
    }

    private void RingAlarms()
    {
        while (alarms.TryPeek(out var alarm, out var at) && at.Due <= Now.Ticks)
        {
            alarms.Dequeue();
            if (alarm.Action is { } action)
                Enqueue(new Step(alarm.Process, static state => ((Action)state!)(), action, alarm.IsBare));
        }
    }

    /// <summary>In a flow of its own, so that what a step sets in its execution context ends with it.</summary>
    private void Run(Step step)
    {
        var outer = SynchronizationContext.Current;
        current = step;
        try
        {
            ExecutionContext.Run(cleanFlow, static pump => ((Pump)pump!).RunCurrent(), this);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private void RunCurrent()
    {
        SynchronizationContext.SetSynchronizationContext(current.IsBare ? null : current.Process.Context);
        try
        {
            current.Callback(current.State);
        }
        catch (Exception error)
        {
            Fail("processes run on", $"{current.Process} threw where nobody catches: {error.Message}", error);
        }
    }
}
