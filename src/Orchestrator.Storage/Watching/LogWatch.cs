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

    public static async IAsyncEnumerable<WatchBatch> RunAsync(
        WatchHub hub, IRevisionLog log, WatchOptions options, string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var next = fromRevision;
        while (next > 0 && hub.Revision - next >= JoinDistance)
        {
            var page = log.ReadLog(prefix, next, hub.Revision, options.HistoryPageRows);
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
            if (fromRevision == 0)
                yield return new WatchBatch(queue.StartRevision, []);

            while (next > 0 && next <= queue.StartRevision)
            {
                var page = log.ReadLog(prefix, next, queue.StartRevision, options.HistoryPageRows);
                next = page.NextRevision;
                foreach (var batch in page.Batches)
                    yield return batch;
            }

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
