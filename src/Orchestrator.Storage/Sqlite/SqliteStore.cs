using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Storage.Leases;
using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// The embedded store: one SQLite file with an append-only log of changes. One process at a time may have it open.
/// </summary>
/// <remarks>
/// Reads run on the calling thread, each in a snapshot of its own, and complete before they return; they never wait for a
/// write. Writes go to one writer thread that commits many at once. A write under way is finished even if its caller cancels.
/// </remarks>
public sealed partial class SqliteStore : IKeyValueStore, IRevisionLog
{
    /// <summary>Where a fresh store stands, as etcd does.</summary>
    internal const long FirstRevision = 1;

    private readonly SqliteStoreOptions options;
    private readonly StoreLock storeLock;
    private readonly SqliteReaderPool readers;
    private readonly WatchHub hub;
    private readonly LeaseClock leases;
    private readonly SqliteWriter writer;
    private readonly ILogger logger;
    private int disposed;

    private SqliteStore(SqliteStoreOptions options, StoreLock storeLock, SqliteConnection connection, TimeProvider time, ILogger logger)
    {
        this.options = options;
        this.storeLock = storeLock;
        this.logger = logger;
        var revision = Math.Max(new RowId(connection.QueryInteger("SELECT max(id) FROM log")).Revision, FirstRevision);
        var compacted = connection.QueryInteger("SELECT value FROM state WHERE name = 'compacted_revision'");
        hub = new WatchHub(options.Watch, time, revision);
        readers = new SqliteReaderPool(options.Path, options.IdleReaders, () => hub.Revision);
        leases = new LeaseClock(time, Expire);
        writer = new SqliteWriter(connection, readers, hub, options, compacted, time, logger);
        LoadLeases(connection);
    }

    /// <summary>Opens the file, or makes it.</summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.ReadOnly"/>, <see cref="StoreError.NoSpace"/>, <see cref="StoreError.Corrupt"/> (damaged, foreign, or
    /// of a newer version), <see cref="StoreError.Unavailable"/> (in use by another process).
    /// </exception>
    public static SqliteStore Open(SqliteStoreOptions options, TimeProvider? time = null, ILogger<SqliteStore>? logger = null)
    {
        options = options with { Path = Path.GetFullPath(options.Path) };
        var storeLock = StoreLock.Acquire(options.Path);
        SqliteConnection? connection = null;
        try
        {
            EnsureFile(options.Path);
            ForgetLog(options.Path + "-wal");
            connection = SqliteConnection.Open(options.Path, writes: true);
            SqliteSchema.Prepare(connection, options);
            var store = new SqliteStore(options, storeLock, connection, time ?? TimeProvider.System, (ILogger?)logger ?? NullLogger.Instance);
            store.writer.Start();
            return store;
        }
        catch (StoreException)
        {
            connection?.Dispose();
            storeLock.Dispose();
            throw;
        }
    }

    /// <summary>Makes a file that its owner alone may read; SQLite gives the files beside it the same mode.</summary>
    private static void EnsureFile(string path)
    {
        try
        {
            if (!File.Exists(path))
                new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreError.Unavailable, $"open {path}: {e.Message}", e);
        }
    }

    /// <summary>
    /// A write that failed may be among what the kernel holds of the last run's write-ahead log, and not on the disk; all that was
    /// written behind it would be lost with it. So the log is read from the disk.
    /// </summary>
    private static void ForgetLog(string path)
    {
        try
        {
            if (File.Exists(path))
                FileCalls.DropCache(path);
        }
        catch (LinuxException e)
        {
            throw new StoreException(StoreError.Unavailable, $"open {path}: {e.Message}", e);
        }
    }

    public ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(hub.Revision);
    }

    public ValueTask<long> GetCompactedRevisionAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(writer.CompactedRevision);
    }

    public ValueTask<GetResult> GetAsync(string key, long revision, CancellationToken cancellationToken) =>
        Read((key, revision), revision, static (reader, request) => reader.Get(request.key, request.revision), cancellationToken);

    public ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken) =>
        Read(request, request.Revision, static (reader, request) => reader.Range(request), cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TransactionCheck.Validate(transaction);
        return await writer.SubmitAsync(new CommitRequest(transaction));
    }

    public IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, CancellationToken cancellationToken) =>
        LogWatch.RunAsync(hub, this, options.Watch, prefix, fromRevision, presentRevision: null, cancellationToken);

    public ValueTask RequestProgressAsync(string prefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        hub.RequestProgress(prefix);
        return ValueTask.CompletedTask;
    }

    public async ValueTask CompactAsync(long revision, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await writer.SubmitAsync(new CompactRequest(revision));
    }

    public ValueTask<StoreStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (pages, free) = Read(reader => reader.CountPages());
        return ValueTask.FromResult(new StoreStatus(
            pages * SqliteSchema.PageSizeBytes, (pages - free) * SqliteSchema.PageSizeBytes, writer.IsFull, writer.DiskFailure?.Message));
    }

    public async ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeToLive, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        return await writer.SubmitAsync(new GrantLeaseRequest(timeToLive, leases));
    }

    public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(leases.TryRenew(leaseId));
    }

    public async ValueTask<bool> RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await writer.SubmitAsync(new EndLeaseRequest(leaseId, leases, onlyIfExpired: false));
    }

    /// <summary>Finishes the writes that wait, ends all watches, closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        leases.Dispose();
        await writer.StopAsync();
        hub.Close(StoreErrors.Closed());
        hub.Dispose();
        readers.Dispose();
        writer.Dispose();
        storeLock.Dispose();
    }

    ValueTask<LogPage> IRevisionLog.ReadLogAsync(
        string prefix, long fromRevision, long toRevision, int maxRows, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var page = Read(reader => reader.ReadLog(prefix, fromRevision, toRevision, maxRows));
        if (fromRevision <= writer.CompactedRevision)
            throw StoreErrors.Compacted(fromRevision, writer.CompactedRevision);
        return ValueTask.FromResult(page);
    }

    private ValueTask<T> Read<TRequest, T>(TRequest request, long revision, Func<SqliteReader, TRequest, T> read, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<T>(cancellationToken);
        try
        {
            var result = Read(reader => read(reader, request));
            // Looked at after the read: the mark is raised before the first row goes, so what was read was still complete.
            if (revision != 0 && revision < writer.CompactedRevision)
                throw StoreErrors.Compacted(revision, writer.CompactedRevision);
            return ValueTask.FromResult(result);
        }
        catch (StoreException e)
        {
            return ValueTask.FromException<T>(e);
        }
    }

    private T Read<T>(Func<SqliteReader, T> read)
    {
        var reader = readers.Rent();
        var isHealthy = false;
        try
        {
            var result = read(reader);
            isHealthy = true;
            return result;
        }
        catch (StoreException e) when (e.Error == StoreError.FutureRevision)
        {
            isHealthy = true;
            throw;
        }
        finally
        {
            // After an error from SQLite a statement may hang half-way: that connection is not used again.
            if (isHealthy)
                readers.Return(reader);
            else
                readers.Discard(reader);
        }
    }

    /// <summary>How long a lease had left is not stored: after a restart it has its full time again, as in etcd.</summary>
    private void LoadLeases(SqliteConnection connection)
    {
        using var statement = connection.Prepare("SELECT id, ttl_milliseconds FROM lease");
        while (statement.Step())
            leases.Add(statement.Integer(0), TimeSpan.FromMilliseconds(statement.Integer(1)));
    }

    private void Expire(long leaseId) =>
        _ = writer.SubmitAsync(new EndLeaseRequest(leaseId, leases, onlyIfExpired: true))
            .ContinueWith(ended => LogExpiryFailed(leaseId, ended.Exception!), TaskContinuationOptions.OnlyOnFaulted);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lease {LeaseId} has expired but could not be ended yet; it will be tried again")]
    private partial void LogExpiryFailed(long leaseId, Exception exception);
}
