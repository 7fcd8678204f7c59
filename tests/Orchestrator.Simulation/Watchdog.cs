namespace Orchestrator.Simulation;

/// <summary>
/// Notices a run that does not come to its next step: it has one thread, and nobody in it would say so. Looks on from a thread of its
/// own and touches nothing of the run, which stays the same to the step. Thread-safe.
/// </summary>
public sealed class Watchdog : IDisposable
{
    /// <summary>A step takes microseconds, and a busy machine a few seconds.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(90);

    private readonly Lock gate = new();
    private readonly TimeSpan limit;
    private readonly List<Watched> watched = [];
    private readonly TaskCompletionSource<string> hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Timer timer;

    public Watchdog(TimeSpan limit)
    {
        this.limit = limit;
        timer = new Timer(_ => Look(), null, limit / 4, limit / 4);
    }

    /// <summary>Completes with the report when a run hangs.</summary>
    public Task<string> Hung => hung.Task;

    public void Dispose() => timer.Dispose();

    /// <summary>Until disposed, the run must make progress.</summary>
    internal IDisposable Watch(SimulationOptions options, Func<long> steps)
    {
        var one = new Watched(this, options, steps);
        lock (gate)
            watched.Add(one);
        return one;
    }

    private void Look()
    {
        lock (gate)
        {
            foreach (var one in watched)
            {
                if (one.SilentFor() is var silence && silence >= limit)
                    hung.TrySetResult(SimulationRunner.Describe(one.Options, $"a step has not ended for {silence.TotalSeconds:0} s", one.Step));
            }
        }
    }

    private sealed class Watched(Watchdog dog, SimulationOptions options, Func<long> steps) : IDisposable
    {
        private long since = TimeProvider.System.GetTimestamp();

        public SimulationOptions Options => options;

        public long Step { get; private set; } = steps();

        public TimeSpan SilentFor()
        {
            if (steps() is var now && now != Step)
                (Step, since) = (now, TimeProvider.System.GetTimestamp());
            return TimeProvider.System.GetElapsedTime(since);
        }

        public void Dispose()
        {
            lock (dog.gate)
                dog.watched.Remove(this);
        }
    }
}
