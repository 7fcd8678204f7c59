using Microsoft.Extensions.Logging;

namespace Orchestrator.Storage.Retention;

/// <summary>
/// Notes once a minute which revision the store has, and gives up history as the policy says. Any number of API servers may run one
/// over the same store: who writes a minute's mark decides about the size in that minute, and deciding twice about age does no harm.
/// </summary>
/// <param name="presentBytes">
/// What present values take; null while that is not known. What the store uses beyond it counts as history, the tables' own part included.
/// </param>
/// <param name="notes">
/// Prefixes of keys that tell about history, and are worth nothing without it. They end by themselves at the greatest age; when history
/// goes for want of room, they go with it.
/// </param>
public sealed partial class HistoryKeeper(
    IKeyValueStore store, RetentionPolicy policy, Func<long?> presentBytes, IReadOnlyList<string> notes, TimeProvider time, ILogger<HistoryKeeper> logger)
{
    private const int PageKeys = 1000;

    /// <summary>Between marks: how exactly age is kept. A day has 1,440 of them.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // A full store takes no marks. Without them what is deleted while it is full would never be given up, and so it would stay full.
    private readonly List<TimeMark> unwritten = [];

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
            catch (Exception error)
            {
                // Whatever it was, without this loop the store grows until it is full.
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
        var historyBytes = marking != Marking.DoneByAnother && presentBytes() is { } present ? Math.Max(0, status.UsedBytes - present) : 0;

        var marks = range.Items.Select(TimeMark.TryRead).OfType<TimeMark>().Concat(unwritten).OrderBy(mark => mark.Revision).ToList();
        var revision = policy.Choose(marks, time.GetUtcNow(), historyBytes, status.IsFull);
        if (revision == 0)
            return;
        await store.CompactAsync(revision, cancellationToken);
        LogCompacted(revision, historyBytes);
        unwritten.RemoveAll(mark => mark.Revision <= revision);
        await DeleteAsync(marks.Where(mark => mark.Revision <= revision).Select(mark => mark.Key), cancellationToken);
        if (status.IsFull || historyBytes > policy.MaxBytes)
            await ForgetNotesAsync(revision, cancellationToken);
    }

    private async Task ForgetNotesAsync(long revision, CancellationToken cancellationToken)
    {
        foreach (var prefix in notes)
        {
            RangeResult page;
            string? start = null;
            do
            {
                page = await store.RangeAsync(new RangeRequest { Prefix = prefix, StartKey = start, Limit = PageKeys, KeysOnly = true }, cancellationToken);
                await DeleteAsync(page.Items.Where(item => item.ModRevision <= revision).Select(item => item.Key), cancellationToken);
                start = page.Items.Count == 0 ? null : page.Items[^1].Key + "\0";
            }
            while (page.More);
        }
    }

    private async Task DeleteAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        foreach (var chunk in keys.Chunk(StoreLimits.MaxOperationsPerTransaction))
            await store.CommitAsync(new StoreTransaction([], [.. chunk.Select(StoreChange.Delete)]), cancellationToken);
    }

    private async Task<Marking> MarkAsync(RangeResult marks, CancellationToken cancellationToken)
    {
        // An idle store is left alone: the last mark is then the last change.
        if ((marks.Items.Count > 0 && marks.Items[^1].ModRevision == marks.Revision) || (unwritten.Count > 0 && unwritten[^1].Revision == marks.Revision))
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
            unwritten.Add(mark);
            return Marking.NoRoom;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "History before revision {Revision} is given up; what there was took {HistoryBytes} bytes")]
    private partial void LogCompacted(long revision, long historyBytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store's history could not be looked after and will be in a minute")]
    private partial void LogFailed(Exception exception);
}
