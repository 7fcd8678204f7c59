using Microsoft.Extensions.Logging;

namespace Orchestrator.Storage.Retention;

/// <summary>
/// Notes once a minute which revision the store has, and gives up history as the policy says. Any number of API servers may run one
/// over the same store: who writes a minute's mark decides about the size in that minute, and deciding twice about age does no harm.
/// </summary>
public sealed partial class HistoryKeeper(IKeyValueStore store, RetentionPolicy policy, TimeProvider time, ILogger<HistoryKeeper> logger)
{
    /// <summary>Between marks: how exactly age is kept. A day has 1,440 of them.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private enum Marking { Written, NotNeeded, DoneByAnother, NoRoom }

    /// <summary>Runs until cancelled. Failures of the store are logged and tried again at the next mark.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await Task.Delay(Interval, time, cancellationToken);
                await StepAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreException error)
            {
                LogFailed(error);
            }
        }
    }

    /// <summary>One round.</summary>
    /// <exception cref="StoreException">The store did not answer.</exception>
    internal async Task StepAsync(CancellationToken cancellationToken)
    {
        var range = await store.RangeAsync(new RangeRequest { Prefix = TimeMark.Prefix }, cancellationToken);
        var marking = await MarkAsync(range, cancellationToken);
        var status = await store.GetStatusAsync(cancellationToken);
        if (marking == Marking.DoneByAnother && !status.IsFull)
            status = status with { UsedBytes = 0 };

        var marks = range.Items.Select(TimeMark.Read).ToList();
        var revision = policy.Choose(marks, time.GetUtcNow(), status);
        if (revision == 0)
            return;
        await store.CompactAsync(revision, cancellationToken);
        LogCompacted(revision, status.UsedBytes);
        foreach (var chunk in marks.Where(mark => mark.Revision <= revision).Chunk(StoreLimits.MaxOperationsPerTransaction))
            await store.CommitAsync(new StoreTransaction([], [.. chunk.Select(mark => StoreChange.Delete(mark.Key))]), cancellationToken);
    }

    private async Task<Marking> MarkAsync(RangeResult marks, CancellationToken cancellationToken)
    {
        // An idle store is left alone: the last mark is then the last change.
        if (marks.Items.Count > 0 && marks.Items[^1].ModRevision == marks.Revision)
            return Marking.NotNeeded;
        var now = time.GetUtcNow();
        var mark = new TimeMark(new DateTimeOffset(now.Ticks - (now.Ticks % Interval.Ticks), TimeSpan.Zero), marks.Revision);
        try
        {
            var result = await store.CommitAsync(StoreTransaction.Create(mark.Key, mark.Value), cancellationToken);
            return result.Committed ? Marking.Written : Marking.DoneByAnother;
        }
        catch (StoreException error) when (error.Error == StoreError.NoSpace)
        {
            // Just then history has to go.
            return Marking.NoRoom;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "History before revision {Revision} is given up; the store uses {UsedBytes} bytes")]
    private partial void LogCompacted(long revision, long usedBytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store's history could not be looked after and will be in a minute")]
    private partial void LogFailed(Exception exception);
}
