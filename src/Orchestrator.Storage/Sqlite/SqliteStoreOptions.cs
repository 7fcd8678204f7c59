using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Settings of one <see cref="SqliteStore"/>.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The database file; its directory is created. Beside it stand <c>-wal</c>, <c>-shm</c> and <c>.lock</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The size the file may reach before writes fail with <see cref="StoreError.NoSpace"/>; 0 means the disk's.</summary>
    public long MaxFileBytes { get; init; }

    /// <summary>The most requests put in one SQLite transaction, to bound how long the first of them waits for the rest.</summary>
    public int MaxGroupRequests { get; init; } = 512;

    /// <summary>Log rows looked at by compaction between two groups of writes: about two milliseconds of work.</summary>
    public int CompactionBatchRows { get; init; } = 200;

    /// <summary>Reader connections kept open when idle; more are opened when more threads read at once.</summary>
    public int IdleReaders { get; init; } = 4;

    public WatchOptions Watch { get; init; } = new();
}
