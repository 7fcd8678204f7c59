using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Tests.Registry;

/// <summary>A store whose watches can be held back, and whose writes can go without an answer.</summary>
internal sealed class StubbornStore(IKeyValueStore inner) : IKeyValueStore
{
    private readonly ConcurrentDictionary<string, int> commits = new();
    private volatile TaskCompletionSource? held;

    /// <summary>Writes that touch a key with this prefix are done and answered with Unavailable; null: none.</summary>
    public string? Unanswered { get; set; }

    /// <summary>Writes that touch a key with this prefix are not done and answered with Unavailable; null: none.</summary>
    public string? Lost { get; set; }

    /// <summary>With this the next watch that has something to deliver ends instead, once.</summary>
    public StoreError? NextWatchFailure { get; set; }

    /// <summary>Done once, before the next write reaches the store.</summary>
    public Func<Task>? BeforeNextWrite { get; set; }

    public bool HasLost { get; private set; }

    /// <summary>Whoever asks for the revision gets no answer.</summary>
    public bool IsAway { get; set; }

    /// <summary>Rows that ranges have handed out.</summary>
    public int RowsRead { get; set; }

    /// <summary>How often the store was asked how far it is compacted.</summary>
    public int CompactionQuestions { get; private set; }

    /// <summary>How often a key was written.</summary>
    public int Commits(string key) => commits.GetValueOrDefault(key);

    /// <summary>From now on no watch delivers anything, until they are released or this is disposed.</summary>
    public void HoldWatches() => held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReleaseWatches() => held?.TrySetResult();

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        if (BeforeNextWrite is { } first)
        {
            BeforeNextWrite = null;
            await first();
        }

        if (Touches(transaction, Lost))
        {
            HasLost = true;
            throw new StoreException(StoreError.Unavailable, "lost");
        }

        var result = await inner.CommitAsync(transaction, cancellationToken);
        foreach (var change in result.Committed ? transaction.Changes : [])
            commits.AddOrUpdate(change.Key, 1, (_, count) => count + 1);
        if (Touches(transaction, Unanswered))
            throw new StoreException(StoreError.Unavailable, "no answer");
        return result;
    }

    private static bool Touches(StoreTransaction transaction, string? prefix) =>
        prefix is not null && transaction.Changes.Any(change => change.Key.StartsWith(prefix, StringComparison.Ordinal));

    public async IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in inner.WatchAsync(prefix, fromRevision, cancellationToken))
        {
            if (held is { } wall)
                await wall.Task.WaitAsync(cancellationToken);
            if (batch.Changes.Count > 0 && NextWatchFailure is { } failure)
            {
                NextWatchFailure = null;
                throw new StoreException(failure, "as the test wants it");
            }

            yield return batch;
        }
    }

    public ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken) => IsAway
        ? ValueTask.FromException<long>(new StoreException(StoreError.Unavailable, "nobody answers"))
        : inner.GetRevisionAsync(cancellationToken);

    public ValueTask<GetResult> GetAsync(string key, long revision, CancellationToken cancellationToken) => inner.GetAsync(key, revision, cancellationToken);

    public async ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        var result = await inner.RangeAsync(request, cancellationToken);
        RowsRead += result.Items.Count;
        return result;
    }

    public ValueTask RequestProgressAsync(string prefix, CancellationToken cancellationToken) => inner.RequestProgressAsync(prefix, cancellationToken);

    public ValueTask CompactAsync(long revision, CancellationToken cancellationToken) => inner.CompactAsync(revision, cancellationToken);

    public ValueTask<StoreStatus> GetStatusAsync(CancellationToken cancellationToken) => inner.GetStatusAsync(cancellationToken);

    public ValueTask<long> GetCompactedRevisionAsync(CancellationToken cancellationToken)
    {
        CompactionQuestions++;
        return inner.GetCompactedRevisionAsync(cancellationToken);
    }

    public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) => inner.GrantLeaseAsync(timeToLive, cancellationToken);

    public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) => inner.KeepLeaseAliveAsync(leaseId, cancellationToken);

    public ValueTask<bool> RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) => inner.RevokeLeaseAsync(leaseId, cancellationToken);

    public ValueTask DisposeAsync()
    {
        ReleaseWatches();
        return ValueTask.CompletedTask;
    }
}
