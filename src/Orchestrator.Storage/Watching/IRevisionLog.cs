namespace Orchestrator.Storage.Watching;

/// <summary>The kept history of a store, as a watch that starts in the past reads it.</summary>
internal interface IRevisionLog
{
    /// <summary>
    /// Whole batches of one prefix from <paramref name="fromRevision"/> to <paramref name="toRevision"/> (both inclusive), as
    /// far as one page reaches.
    /// </summary>
    /// <exception cref="StoreException"><see cref="StoreError.Compacted"/> when the start is no longer kept.</exception>
    ValueTask<LogPage> ReadLogAsync(string prefix, long fromRevision, long toRevision, int maxRows, CancellationToken cancellationToken);
}

/// <param name="NextRevision">Where the next page starts: everything before it was looked at.</param>
internal readonly record struct LogPage(IReadOnlyList<WatchBatch> Batches, long NextRevision);
