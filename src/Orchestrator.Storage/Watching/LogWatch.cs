using System.Runtime.CompilerServices;

namespace Orchestrator.Storage.Watching;

/// <summary>Joins the history of a store with its live changes into one watch, without loss or repeat.</summary>
internal static class LogWatch
{
    /// <summary>
    /// A watch reads history without being attached until it is this close to the present; only then is it attached and reads
    /// the small rest. So a watch from far back does not fill its queue while it still reads old pages.
    /// </summary>
    private const long JoinDistance = 500;

    /// <param name="presentRevision">
    /// What "now" is to a watch from 0, for a store whose hub lags behind its reads; null means the hub's revision.
    /// </param>
    public static async IAsyncEnumerable<WatchBatch> RunAsync(
        WatchHub hub, IRevisionLog log, WatchOptions options, string prefix, long fromRevision, Func<CancellationToken, ValueTask<long>>? presentRevision,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var startsNow = fromRevision == 0;
        if (startsNow && presentRevision is not null)
            fromRevision = await presentRevision(cancellationToken) + 1;
        var next = fromRevision;
        while (next > 0 && hub.Revision - next >= JoinDistance)
        {
            var page = await log.ReadLogAsync(prefix, next, hub.Revision, options.HistoryPageRows, cancellationToken);
            next = page.NextRevision;
            foreach (var batch in page.Batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return batch;
            }
        }

        var queue = hub.Attach(prefix);
        try
        {
            // Only now that the queue stands: whoever reads the mark may rely on every later change.
            if (startsNow)
                yield return new WatchBatch(next > 0 ? next - 1 : queue.StartRevision, []);

            while (next > 0 && next <= queue.StartRevision)
            {
                var page = await log.ReadLogAsync(prefix, next, queue.StartRevision, options.HistoryPageRows, cancellationToken);
                next = page.NextRevision;
                foreach (var batch in page.Batches)
                    yield return batch;
            }

            // Says that the past is done, and how far it reached; requested marks only follow for what comes later.
            if (!startsNow && fromRevision <= queue.StartRevision)
                yield return new WatchBatch(queue.StartRevision, []);

            await foreach (var batch in queue.ReadAllAsync(cancellationToken))
            {
                // A watch may name a revision still to come.
                if (batch.Revision >= next)
                    yield return batch;
            }
        }
        finally
        {
            hub.Detach(queue);
        }
    }
}
