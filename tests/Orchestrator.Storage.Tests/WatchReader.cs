namespace Orchestrator.Storage.Tests;

/// <summary>Drives a watch by hand: one batch at a time, each within a time limit.</summary>
internal sealed class WatchReader : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource cancellation = new();
    private readonly IAsyncEnumerator<WatchBatch> batches;

    private WatchReader(IKeyValueStore store, string prefix, long fromRevision) =>
        batches = store.WatchAsync(prefix, fromRevision, cancellation.Token).GetAsyncEnumerator(cancellation.Token);

    /// <summary>A watch from a past or coming revision. It starts with the first read.</summary>
    public static WatchReader From(IKeyValueStore store, string prefix, long revision) => new(store, prefix, revision);

    /// <summary>A watch from now on, started: its first progress mark has been read.</summary>
    public static async Task<WatchReader> FromNowAsync(IKeyValueStore store, string prefix)
    {
        var reader = new WatchReader(store, prefix, 0);
        var mark = await reader.ReadAsync();
        Assert.That(mark.Changes, Is.Empty, "the first batch of a watch from now is a progress mark");
        reader.StartRevision = mark.Revision;
        return reader;
    }

    public long StartRevision { get; private set; }

    public async Task<WatchBatch> ReadAsync()
    {
        Assert.That(await batches.MoveNextAsync().AsTask().WaitAsync(Limit), Is.True, "a watch never ends by itself");
        return batches.Current;
    }

    /// <summary>The next batch that has changes.</summary>
    public async Task<WatchBatch> ReadChangesAsync()
    {
        while (true)
        {
            var batch = await ReadAsync();
            if (batch.Changes.Count > 0)
                return batch;
        }
    }

    /// <summary>The only change of the next batch that has changes.</summary>
    public async Task<WatchChange> ReadChangeAsync()
    {
        var batch = await ReadChangesAsync();
        Assert.That(batch.Changes, Has.Count.EqualTo(1));
        return batch.Changes[0];
    }

    public Task CancelAsync() => cancellation.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await cancellation.CancelAsync();
        await batches.DisposeAsync();
        cancellation.Dispose();
    }
}
