using Orchestrator.Storage;

namespace Orchestrator.Simulation.Storage;

/// <summary>Sees what a store is asked and what it tells its callers.</summary>
internal interface IStoreObserver
{
    /// <summary>A write is about to be applied, by whoever asked for it.</summary>
    void Committing(StoreTransaction transaction);

    /// <summary>The caller is told that its write was done at this revision.</summary>
    void Acknowledged(StoreTransaction transaction, long revision);

    /// <summary>A read of the present begins.</summary>
    /// <returns>What to hand to <see cref="ReadEnded"/>.</returns>
    long ReadBegan();

    /// <param name="began">What <see cref="ReadBegan"/> returned.</param>
    /// <param name="revision">As of which the reader is told that it read.</param>
    void ReadEnded(long began, long revision);

    /// <summary>A watch begins that will deliver everything from this revision on.</summary>
    object WatchBegan(string prefix, long fromRevision);

    /// <summary>The watcher is handed a batch.</summary>
    void Delivered(object watch, WatchBatch batch);
}
