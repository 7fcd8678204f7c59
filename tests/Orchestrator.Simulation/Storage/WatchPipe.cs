using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Storage;

/// <summary>
/// Carries one watch from the store's process to its reader's: batches in order, late or not at all (then the watch has broken). The
/// store's side ends with the reader, also when the reader's process was killed.
/// </summary>
internal sealed class WatchPipe : IDisposable
{
    private readonly SimulatedProcess owner;
    private readonly SimulatedProcess engine;
    private readonly Random random;
    private readonly Func<StoreFaults> faults;
    private readonly Action weakMoment;
    private readonly CancellationTokenSource ended = new();
    private readonly Queue<WatchBatch> arrived = [];
    private readonly Queue<Action> pending = [];
    private TaskCompletionSource signal = NewSignal();
    private StoreException? fault;
    private TimeSpan lastArrival;

    public WatchPipe(
        IKeyValueStore store, SimulatedProcess owner, SimulatedProcess engine, Random random, Func<StoreFaults> faults, string prefix, long fromRevision,
        Action weakMoment)
    {
        this.owner = owner;
        this.engine = engine;
        this.random = random;
        this.faults = faults;
        this.weakMoment = weakMoment;
        owner.Died += ended.Cancel;
        engine.Start(() => CarryAsync(store, prefix, fromRevision));
    }

    public async ValueTask<WatchBatch> ReadAsync(CancellationToken cancellationToken)
    {
        while (arrived.Count == 0)
        {
            if (fault is not null)
                throw new StoreException(fault.Error, fault.Message);
            if (signal.Task.IsCompleted)
                signal = NewSignal();
            await signal.Task.WaitAsync(cancellationToken);
        }

        return arrived.Dequeue();
    }

    public void Dispose()
    {
        owner.Died -= ended.Cancel;
        engine.Post(ended.Cancel);
    }

    private async Task CarryAsync(IKeyValueStore store, string prefix, long fromRevision)
    {
        try
        {
            await foreach (var batch in store.WatchAsync(prefix, fromRevision, ended.Token))
            {
                if (random.NextDouble() < faults().BrokenWatches)
                {
                    Count(FaultKind.BrokenWatch);
                    Break(new StoreException(StoreError.Unavailable, "the simulated watch broke"));
                    return;
                }

                if (random.NextDouble() < faults().DroppedWatches)
                {
                    Count(FaultKind.DroppedWatch);
                    Break(new StoreException(StoreError.SlowReader, "the simulated store dropped a slow watcher"));
                    return;
                }

                Deliver(() => arrived.Enqueue(batch));
            }
        }
        catch (StoreException error)
        {
            if (error.Error == StoreError.Compacted)
                Count(FaultKind.ExpiredStoreWatch);
            Break(error);
        }
    }

    private void Break(StoreException error) => Deliver(() =>
    {
        fault = error;
        // Its reader comes back and asks for what followed.
        weakMoment();
    });

    /// <summary>In order, however late each one is.</summary>
    private void Deliver(Action arrive)
    {
        var settings = faults();
        var isLate = random.NextDouble() < settings.LateEvents;
        if (isLate)
            Count(FaultKind.LateEvents);
        var at = owner.Pump.Now + (isLate ? settings.MaxEventDelay * random.NextDouble() : TimeSpan.Zero);
        lastArrival = at > lastArrival ? at : lastArrival;
        pending.Enqueue(arrive);
        owner.Pump.After(lastArrival - owner.Pump.Now, engine, ArriveNext);
    }

    private void ArriveNext()
    {
        pending.Dequeue()();
        signal.TrySetResult();
    }

    private void Count(FaultKind kind) => owner.Pump.Faults.Add(kind);

    private static TaskCompletionSource NewSignal() => new();
}
