namespace Orchestrator.Storage.Sqlite;

/// <summary>The tables, and the check that a file is ours and of a version we know.</summary>
internal static class SqliteSchema
{
    /// <summary>Raised whenever an older program could no longer work on the file.</summary>
    public const int Version = 1;

    /// <summary>"ORCS" in the file's header, so that <c>file</c> and we can tell the file from others.</summary>
    private const int ApplicationId = 0x4F524353;

    /// <summary>SQLite's default; larger pages measured slower, because every commit writes whole pages.</summary>
    public const int PageSizeBytes = 4096;

    private static readonly string[] Tables =
    [
        // One row per change, appended for ever until compacted. See RowId for id. A deletion has no value.
        """
        CREATE TABLE log (
          id INTEGER PRIMARY KEY,
          create_revision INTEGER NOT NULL,
          version INTEGER NOT NULL,
          lease INTEGER NOT NULL,
          key TEXT NOT NULL,
          value BLOB)
        """,
        // The newest row of a key comes first, so one seek finds the present state of the next key, however long its history.
        "CREATE INDEX log_by_key ON log (key, id DESC)",
        "CREATE INDEX log_by_lease ON log (lease) WHERE lease <> 0",
        // AUTOINCREMENT: an id must never come back, or an old holder would renew a stranger's lease.
        "CREATE TABLE lease (id INTEGER PRIMARY KEY AUTOINCREMENT, ttl_milliseconds INTEGER NOT NULL)",
        // compacted_revision: reads below it are refused. compaction_cursor: rows up to this id need no more looking at.
        "CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
        "INSERT INTO state VALUES ('compacted_revision', 0), ('compaction_cursor', 0)",
        // For people with a sqlite3 shell.
        """
        CREATE VIEW history AS SELECT id >> 16 AS revision, key, id & 1 AS deleted, create_revision, version, lease,
          length(value) AS bytes FROM log
        """,
    ];

    /// <summary>Makes a new file's tables, or checks an old file's version. The connection is then ready for writing.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Corrupt"/>: not our file, or a newer program's.</exception>
    public static void Prepare(SqliteConnection connection, SqliteStoreOptions options)
    {
        var isEmpty = connection.QueryInteger("PRAGMA page_count") == 0;
        if (!isEmpty)
            RefuseForeign(connection, options.Path);

        // Before the first page is written; both are fixed from then on. See FileTrimmer for the second.
        connection.Execute($"PRAGMA page_size = {PageSizeBytes}");
        connection.Execute("PRAGMA auto_vacuum = INCREMENTAL");
        connection.Execute("PRAGMA journal_mode = WAL");
        // Checkpoints sync the log and the file; commits are synced by LogSync.
        connection.Execute("PRAGMA synchronous = NORMAL");
        connection.Execute("PRAGMA cache_size = -16384");
        // The writer does it, because it has to know when one fails.
        connection.Execute("PRAGMA wal_autocheckpoint = 0");
        connection.Execute($"PRAGMA journal_size_limit = {options.MaxLogBytes}");
        if (isEmpty)
            Create(connection, options.FirstRevision);
        if (options.MaxFileBytes > 0)
            LimitPages(connection, options.MaxFileBytes);
    }

    /// <summary>Sets how large the file may become; what it has already is not taken away.</summary>
    public static void LimitPages(SqliteConnection connection, long bytes) =>
        connection.Execute($"PRAGMA max_page_count = {bytes / PageSizeBytes}");

    /// <exception cref="StoreException"><see cref="StoreError.Corrupt"/>: not our file, or a newer program's.</exception>
    public static void RefuseForeign(SqliteConnection connection, string path)
    {
        var version = connection.QueryInteger("PRAGMA user_version");
        if (connection.QueryInteger("PRAGMA application_id") != ApplicationId)
            throw new StoreException(StoreError.Corrupt, $"{path} is a SQLite file, but not a store of this program");
        if (version > Version)
            throw new StoreException(StoreError.Corrupt, $"{path} was written by a newer version of this program (schema {version}, known up to {Version})");
    }

    private static void Create(SqliteConnection connection, long firstRevision)
    {
        connection.Begin();
        foreach (var sql in Tables)
            connection.Execute(sql);
        if (firstRevision > SqliteStore.FirstRevision)
        {
            // The newest row carries the revision, also when it is a deletion.
            var row = new RowId(firstRevision, 0, isDeletion: true);
            connection.Execute($"INSERT INTO log VALUES ({row.Value}, 0, 0, 0, '/orchestrator/first-revision', NULL)");
            connection.Execute($"UPDATE state SET value = {firstRevision} WHERE name = 'compacted_revision'");
            connection.Execute($"UPDATE state SET value = {row.Value} WHERE name = 'compaction_cursor'");
        }
        connection.Execute($"PRAGMA application_id = {ApplicationId}");
        connection.Execute($"PRAGMA user_version = {Version}");
        connection.Commit();
    }
}
