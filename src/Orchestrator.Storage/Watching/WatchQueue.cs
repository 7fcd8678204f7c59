using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Orchestrator.Storage.Watching;

/// <summary>
/// The bounded queue between a store and one watcher. One writer offers, one reader drains. When more waits than allowed, the
/// watcher is dropped with <see cref="StoreError.SlowReader"/>; it never holds up the store or its peers.
/// </summary>
internal sealed class WatchQueue(string prefix, long startRevision, long maxPendingBytes)
{
    private readonly Channel<WatchBatch[]> channel = Channel.CreateUnbounded<WatchBatch[]>(new() { SingleReader = true, SingleWriter = true });
    private long pendingBytes;

    public string Prefix { get; } = prefix;

    /// <summary>Everything after this revision arrives through the queue; nothing at or before it.</summary>
    public long StartRevision { get; } = startRevision;

    /// <summary>The revision up to which the reader knows all, once it has drained the queue.</summary>
    public long OfferedRevision { get; private set; } = startRevision;

    /// <summary>Queues what is under the prefix. False when the watcher was dropped, now or earlier.</summary>
    public bool TryOffer(IReadOnlyList<WatchBatch> batches)
    {
        var matching = Select(batches);
        return matching.Length == 0 || TryWrite(matching);
    }

    /// <summary>Queues a progress mark, unless the reader knows as much already.</summary>
    public bool TryOfferProgress(long revision) => revision <= OfferedRevision || TryWrite([new WatchBatch(revision, [])]);

    /// <summary>Ends the watch, after what is queued, with an error.</summary>
    public void Fail(StoreException error) => channel.Writer.TryComplete(error);

    /// <summary>Batches in the order offered; throws the <see cref="StoreException"/> the queue was ended with.</summary>
    public async IAsyncEnumerable<WatchBatch> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var group = await ReadGroupAsync(cancellationToken);
            foreach (var batch in group)
            {
                yield return batch;
                Interlocked.Add(ref pendingBytes, -Cost(batch));
            }
        }
    }

    private async ValueTask<WatchBatch[]> ReadGroupAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await channel.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException e) when (e.InnerException is StoreException error)
        {
            // A fresh exception per reader: the stored one has the stack of whoever ended the watch.
            throw new StoreException(error.Error, error.Message, error);
        }
    }

    private bool TryWrite(WatchBatch[] group)
    {
        long bytes = 0;
        foreach (var batch in group)
            bytes += Cost(batch);

        if (Interlocked.Add(ref pendingBytes, bytes) > maxPendingBytes)
        {
            Fail(new StoreException(StoreError.SlowReader, $"the watch of '{Prefix}' fell more than {maxPendingBytes} bytes behind"));
            return false;
        }
        OfferedRevision = group[^1].Revision;
        return channel.Writer.TryWrite(group);
    }

    private WatchBatch[] Select(IReadOnlyList<WatchBatch> batches)
    {
        List<WatchBatch>? matching = null;
        for (var i = 0; i < batches.Count; i++)
        {
            if (PrefixFilter.Apply(batches[i], Prefix) is { } batch)
                (matching ??= []).Add(batch);
        }
        return matching?.ToArray() ?? [];
    }

    private static long Cost(WatchBatch batch)
    {
        const int overheadBytes = 200;
        long bytes = overheadBytes;
        foreach (var change in batch.Changes)
            bytes += overheadBytes + (2 * change.Key.Length) + (change.Current?.Value.Length ?? 0) + (change.Previous?.Value.Length ?? 0);
        return bytes;
    }
}
