using Microsoft.Extensions.Logging;
using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// The one thread that writes. It takes all requests that wait, applies them in one SQLite transaction, syncs it, publishes
/// the changes to watchers in revision order, and only then acknowledges them. While one group is on its way to the disk the
/// next gathers, so throughput grows with the number of callers and a lone caller never waits for company.
/// </summary>
/// <remarks>
/// Between groups it compacts, and finishes what <see cref="LogCopier"/> has begun: to move the write-ahead log into the file.
/// </remarks>
internal sealed partial class SqliteWriter : IDisposable
{
    /// <summary>Pages after which the write-ahead log is moved also under unbroken load, as far as readers allow: 16 MB.</summary>
    private const int CheckpointPages = 4096;

    /// <summary>Groups (some ten kilobytes each) after which the write-ahead log is worth moving at all.</summary>
    private const int CheckpointGroups = 100;

    /// <summary>Idle time after which the write-ahead log is moved: soon, but not between two requests of a burst.</summary>
    private static readonly TimeSpan CheckpointDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Pause before compaction or trimming is tried again that failed, on a full disk say.</summary>
    private static readonly TimeSpan HousekeepingRetryDelay = TimeSpan.FromSeconds(5);

    /// <summary>Under a quota, one part in so many must be free before writes are taken again.</summary>
    private const int QuotaMarginShare = 20;

    /// <summary>How often the length of the write-ahead log is looked at.</summary>
    internal const int LogCheckGroups = 16;

    /// <summary>Groups smaller than this are not waited for: a lone caller never is.</summary>
    private const int MinCompany = 4;

    /// <summary>Each takes about a microsecond, or lets somebody else run.</summary>
    private const int MaxYields = 50;

    /// <summary>Callers wait for their answers, so this many waiting requests mean that the disk has stopped.</summary>
    private const int MaxWaitingRequests = 100_000;

    private readonly object gate = new();
    private readonly SqliteConnection connection;
    private readonly LogAppender log;
    private readonly LogCompactor compactor;
    private readonly FileTrimmer trimmer;
    private readonly FileRoom room;
    private readonly LogSync logSync;
    private readonly LogCopier copier;
    private readonly FileInfo logFile;
    private readonly SpaceReserve reserve;
    private readonly SqliteReaderPool readers;
    private readonly WatchHub hub;
    private readonly SqliteStoreOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Thread thread;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<WriteRequest> waiting = new();
    private long compactedRevision;
    private long housekeepingFailedTimestamp;
    private bool housekeepingFailed;
    private int groupsSinceCheckpoint;
    private int groupsSinceLogCheck;
    private long logBound;
    private volatile bool isFull;
    private int pagesSinceCheckpoint;
    private volatile StoreException? diskFailure;
    private bool stopping;

    public SqliteWriter(
        SqliteConnection connection, SqliteReaderPool readers, WatchHub hub, SqliteStoreOptions options, long compactedRevision, TimeProvider time, ILogger logger)
    {
        this.connection = connection;
        this.readers = readers;
        this.hub = hub;
        this.options = options;
        this.compactedRevision = compactedRevision;
        this.time = time;
        this.logger = logger;
        logBound = options.MaxLogBytes;
        log = new LogAppender(connection);
        compactor = new LogCompactor(connection);
        trimmer = new FileTrimmer(connection);
        room = new FileRoom(connection, options.Path);
        logSync = new LogSync(options.Path + "-wal");
        copier = new LogCopier(options.Path, Wake);
        reserve = new SpaceReserve(options.Path, options.ReserveBytes);
        isFull = !reserve.TryTake();
        trimmer.ToTheLastPage = isFull;
        logFile = new FileInfo(options.Path + "-wal");
        thread = new Thread(Run) { IsBackground = true, Name = "store-writer" };
    }

    /// <summary>Reads below this are refused. Rows are deleted only after it was raised.</summary>
    public long CompactedRevision => Volatile.Read(ref compactedRevision);

    /// <summary>There is no room: only what frees some is written.</summary>
    public bool IsFull => isFull;

    /// <summary>What no write is taken behind any more; null while the disk is well.</summary>
    public StoreException? DiskFailure => diskFailure;

    /// <summary>The file gives room back only when the log that says so has been moved into it: a full store does not wait for more of it.</summary>
    private bool CheckpointIsDue => groupsSinceCheckpoint >= (isFull ? 1 : CheckpointGroups) && diskFailure is null && copier.IsIdle;

    public void Start() => thread.Start();

    /// <exception cref="StoreException"><see cref="StoreError.Unavailable"/>: closed, or stuck.</exception>
    public Task<T> SubmitAsync<T>(WriteRequest<T> request)
    {
        lock (gate)
        {
            if (stopping)
                return Task.FromException<T>(StoreErrors.Closed());
            if (waiting.Count >= MaxWaitingRequests)
                return Task.FromException<T>(new StoreException(StoreError.Unavailable, $"{waiting.Count} writes wait for the disk") { IsCertainlyNotDone = true });
            waiting.Enqueue(request);
            if (waiting.Count == 1)
                Monitor.Pulse(gate);
        }
        return request.Task;
    }

    /// <summary>Finishes what waits, then ends the thread.</summary>
    public Task StopAsync()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.Pulse(gate);
        }
        return stopped.Task;
    }

    public void Dispose()
    {
        copier.Stop();
        log.Dispose();
        compactor.Dispose();
        trimmer.Dispose();
        room.Stop();
        connection.Dispose();
        logSync.Dispose();
        copier.Dispose();
        room.Dispose();
    }

    private void Wake()
    {
        lock (gate)
            Monitor.Pulse(gate);
    }

    private void Run()
    {
        List<WriteRequest> group = [];
        while (true)
        {
            AwaitCompany(group.Count);
            if (!TakeGroup(group))
                break;
            if (group.Count > 0)
                CommitGroup(group);
            if (copier.HasEnded)
                FinishCheckpoint();
            if (CompactionIsDue())
                CompactStep();
            else if (TrimmingIsDue())
                TrimStep();
            else if (group.Count == 0 && CheckpointIsDue)
                BeginCheckpoint();
        }
        stopped.SetResult();
    }

    /// <summary>
    /// The callers of the last group are being told just now, and most come back at once with their next write. Taking the
    /// first of them alone would cost the others a whole fsync more, so the writer yields some microseconds to them.
    /// </summary>
    private void AwaitCompany(int lastGroupCount)
    {
        if (lastGroupCount < MinCompany)
            return;
        for (var yields = 0; yields < MaxYields; yields++)
        {
            lock (gate)
            {
                if (waiting.Count >= lastGroupCount || stopping)
                    return;
            }
            Thread.Yield();
        }
    }

    /// <summary>Waits for requests or other work. An empty group means: no request, do the other work. False: stop.</summary>
    private bool TakeGroup(List<WriteRequest> group)
    {
        group.Clear();
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                if (stopping)
                    return false;
                if (copier.HasEnded || CompactionIsDue() || TrimmingIsDue())
                    return true;
                if (!Monitor.Wait(gate, IdleWait()))
                    return true;
            }
            while (group.Count < options.MaxGroupRequests && waiting.TryDequeue(out var request))
                group.Add(request);
        }
        return true;
    }

    private TimeSpan IdleWait() =>
        CheckpointIsDue ? CheckpointDelay : housekeepingFailed ? HousekeepingRetryDelay : Timeout.InfiniteTimeSpan;

    /// <param name="mayLeaveFull">
    /// False once this group has been found too large: where there is some room, but not for it, the store would be full and not full in
    /// turns for ever.
    /// </param>
    private void CommitGroup(List<WriteRequest> group, bool mayLeaveFull = true, bool mayStartLogOver = true)
    {
        if (diskFailure is { } failure)
            Refuse(group, failure);
        else if (isFull && !(mayLeaveFull && TryLeaveFull()))
            RefuseGrowth(group);
        if (group.Count == 0)
            return;
        try
        {
            CommitTransaction(group);
        }
        catch (StoreException e) when (e.Error == StoreError.NoSpace && mayStartLogOver)
        {
            StartLogOver();
            CommitGroup(group, mayLeaveFull, mayStartLogOver: false);
            return;
        }
        catch (StoreException e) when (e.Error == StoreError.NoSpace && !isFull)
        {
            EnterFull(e);
            CommitGroup(group, mayLeaveFull: false);
            return;
        }
        catch (StoreException e)
        {
            LogWriteFailed(group.Count, e);
            Distrust(e);
            foreach (var request in group)
                request.Fail(e);
            return;
        }

        Volatile.Write(ref compactedRevision, log.CompactedRevision);
        if (log.Batches.Count > 0)
        {
            groupsSinceCheckpoint++;
            hub.Publish(log.Batches);
        }
        foreach (var request in group)
            request.Complete();
        if (pagesSinceCheckpoint >= CheckpointPages && diskFailure is null && copier.IsIdle)
            BeginCheckpoint();
        if (++groupsSinceLogCheck >= LogCheckGroups)
            BoundLog();
    }

    private void CommitTransaction(List<WriteRequest> group)
    {
        log.Start(hub.Revision, CompactedRevision);
        connection.Begin();
        try
        {
            foreach (var request in group)
                request.Apply(log);
            room.Take(ahead: !isFull);
            connection.Commit();
        }
        finally
        {
            connection.Rollback();
        }
        if (connection.TakePagesWritten() is > 0 and var pages)
        {
            pagesSinceCheckpoint += pages;
            logSync.Run();
        }
    }

    /// <summary>
    /// After an I/O error nothing is acknowledged any more. The kernel counts what it could not write as written from then on, tells of
    /// each failure once, and a sync that succeeds after one that failed proves nothing (fsync(2), "Error handling"). Whoever starts
    /// the store again has it read what is on the disk.
    /// </summary>
    private void Distrust(StoreException error)
    {
        if (!error.IsDiskFault || diskFailure is not null)
            return;
        LogDiskFailed(error);
        connection.LeaveLogAtClose();
        var message = $"the store's disk has failed ({error.Message}); it takes no writes before it is started again";
        diskFailure = new StoreException(StoreError.Unavailable, message, error) { IsCertainlyNotDone = true };
    }

    private static void Refuse(List<WriteRequest> group, StoreException refusal)
    {
        foreach (var request in group)
            request.Fail(refusal);
        group.Clear();
    }

    /// <summary>Gives the reserve up to what frees room.</summary>
    private void EnterFull(StoreException cause)
    {
        LogFull(cause);
        isFull = true;
        reserve.Release();
        trimmer.ToTheLastPage = true;
        trimmer.PagesWereFreed();
        if (options.MaxFileBytes > 0)
            SqliteSchema.LimitPages(connection, options.MaxFileBytes + reserve.Bytes);
    }

    /// <summary>Asked before each group that may grow the store: there is room again when the reserve can be taken back.</summary>
    private bool TryLeaveFull()
    {
        var quota = options.MaxFileBytes / SqliteSchema.PageSizeBytes;
        if (quota > 0 && trimmer.UsedPages > quota - (quota / QuotaMarginShare))
            return false;
        if (!reserve.TryTake() && !TryTakeReserveFromLog())
            return false;
        isFull = false;
        trimmer.ToTheLastPage = false;
        if (options.MaxFileBytes > 0)
            SqliteSchema.LimitPages(connection, options.MaxFileBytes);
        LogRoomAgain();
        return true;
    }

    /// <summary>A log that starts over keeps its length. Emptied it may be the room that is missing.</summary>
    private bool TryTakeReserveFromLog()
    {
        logFile.Refresh();
        return logFile.Exists && reserve.WouldFitWith(logFile.Length) && TryEmptyLog() && reserve.TryTake();
    }

    private void RefuseGrowth(List<WriteRequest> group)
    {
        var refusal = new StoreException(StoreError.NoSpace, $"no space left for {options.Path}: only reads and deletions go on");
        group.RemoveAll(request =>
        {
            if (!request.NeedsRoom)
                return false;
            request.Fail(refusal);
            return true;
        });
    }

    private bool CompactionIsDue() => MayKeepHouse && compactor.IsDue(CompactedRevision);

    private bool TrimmingIsDue() => MayKeepHouse && trimmer.IsDue;

    private bool MayKeepHouse =>
        diskFailure is null && (!housekeepingFailed || time.GetElapsedTime(housekeepingFailedTimestamp) >= HousekeepingRetryDelay);

    private void CompactStep() => KeepHouse(() =>
    {
        compactor.Step(CompactedRevision, Math.Max(options.CompactionBatchRows, 2 * log.Rows));
        trimmer.PagesWereFreed();
    });

    private void TrimStep() => KeepHouse(trimmer.Step);

    private void KeepHouse(Action step)
    {
        try
        {
            step();
            housekeepingFailed = false;
            groupsSinceCheckpoint++;
        }
        catch (StoreException e)
        {
            housekeepingFailed = true;
            housekeepingFailedTimestamp = time.GetTimestamp();
            Distrust(e);
            LogHousekeepingFailed(e);
            // Perhaps only the log cannot become longer; see CommitGroup.
            if (e.Error == StoreError.NoSpace)
                StartLogOver();
        }
    }

    /// <summary>Readers that always overlap never let the write-ahead log start over by itself.</summary>
    private void BoundLog()
    {
        groupsSinceLogCheck = 0;
        logFile.Refresh();
        if (!logFile.Exists || logFile.Length < logBound)
            return;
        if (TryEmptyLog())
        {
            logBound = options.MaxLogBytes;
            return;
        }
        // Somebody holds it for long (a backup, say): not again before it has grown by as much as it may have at all.
        logBound = logFile.Length + options.MaxLogBytes;
    }

    private bool TryEmptyLog()
    {
        try
        {
            if (copier.End() is { } failure)
                throw failure;
            // Most is copied while readers go on; they stand still for the rest.
            connection.Checkpoint();
            if (readers.TryPause(options.LogPatience) && connection.TryTruncateLog(options.LogPatience))
                return true;
            LogReadersHoldLog(logFile.Length);
        }
        catch (StoreException e)
        {
            Distrust(e);
            LogCheckpointFailed(e);
        }
        finally
        {
            room.FileMayHaveShrunk();
            readers.Resume();
        }
        return false;
    }

    private void BeginCheckpoint()
    {
        groupsSinceCheckpoint = 0;
        pagesSinceCheckpoint = 0;
        try
        {
            room.FileMayHaveShrunk();
            room.Take(ahead: false);
            copier.Begin();
        }
        catch (StoreException e)
        {
            LogCheckpointFailed(e);
        }
    }

    /// <summary>
    /// When the log cannot become longer: once all of it is in the file, it starts over in the room it has. A long one gives that room to
    /// the file instead, unless only what frees some is written: that needs none but the log's.
    /// </summary>
    private void StartLogOver()
    {
        logFile.Refresh();
        if (!isFull && logFile.Exists && logFile.Length >= reserve.Bytes)
        {
            TryEmptyLog();
            return;
        }
        BeginCheckpoint();
        FinishCheckpoint();
    }

    private void FinishCheckpoint()
    {
        try
        {
            if (copier.End() is { } failure)
                throw failure;
            if (diskFailure is null)
                connection.Checkpoint();
        }
        catch (StoreException e)
        {
            Distrust(e);
            // Nothing is lost: the write-ahead log still holds it, and the next idle moment tries again.
            LogCheckpointFailed(e);
        }
        room.FileMayHaveShrunk();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} writes failed")]
    private partial void LogWriteFailed(int count, Exception exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The store's disk has failed: only reads go on until the store is started again")]
    private partial void LogDiskFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Compaction or trimming of the store failed and will be tried again")]
    private partial void LogHousekeepingFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store has no room left: only reads and deletions go on")]
    private partial void LogFull(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store has room again")]
    private partial void LogRoomAgain();

    [LoggerMessage(Level = LogLevel.Warning, Message = "A reader holds the write-ahead log, which has grown to {Bytes} bytes")]
    private partial void LogReadersHoldLog(long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The write-ahead log could not be moved into the store's file")]
    private partial void LogCheckpointFailed(Exception exception);
}
