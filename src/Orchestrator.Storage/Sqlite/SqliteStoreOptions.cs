using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Settings of one <see cref="SqliteStore"/>.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The database file; its directory is created. Beside it stand <c>-wal</c>, <c>-shm</c>, <c>.lock</c> and <c>.reserve</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The size the file may reach before writes fail with <see cref="StoreError.NoSpace"/>; 0 means the disk's.</summary>
    public long MaxFileBytes { get; init; }

    /// <summary>Where a new file begins: it stands at this revision, compacted, so that nobody goes on from an older one.</summary>
    public long FirstRevision { get; init; } = SqliteStore.FirstRevision;

    /// <summary>
    /// Room kept aside so that deletions and compaction go on when the disk, or <see cref="MaxFileBytes"/>, is full. Two or three
    /// thousand small deletions fit a megabyte.
    /// </summary>
    public long ReserveBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>The most requests put in one SQLite transaction, to bound how long the first of them waits for the rest.</summary>
    public int MaxGroupRequests { get; init; } = 512;

    /// <summary>
    /// The length of the write-ahead log at which the writer waits, a moment, for readers to let it start over; without that,
    /// readers that always overlap would keep it growing.
    /// </summary>
    public long MaxLogBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// How long writes stand still, at most, for readers to let go of a write-ahead log that has reached <see cref="MaxLogBytes"/>.
    /// When they do not (a backup reads, say), the log may grow by as much again before they are asked once more.
    /// </summary>
    public TimeSpan LogPatience { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Log rows looked at by compaction between two groups of writes: about two milliseconds of work. It is twice the rows of the
    /// last group when that is more, so that compaction is always faster than what makes it necessary.
    /// </summary>
    public int CompactionBatchRows { get; init; } = 200;

    /// <summary>Reader connections kept open when idle; more are opened when more threads read at once.</summary>
    public int IdleReaders { get; init; } = 4;

    public WatchOptions Watch { get; init; } = new();
}
