using System.Runtime.InteropServices;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// One SQLite connection, used by one thread at a time. The raw interface with prepared statements is used because a provider
/// in the style of ADO.NET costs several times as much per row.
/// </summary>
internal sealed partial class SqliteConnection : IDisposable
{
    private const int BusyTimeoutMilliseconds = 5000;

    private static int initialized;

    private readonly sqlite3 handle;
    private readonly SqliteStatement begin;
    private readonly SqliteStatement commit;
    private readonly SqliteStatement rollback;

    private SqliteConnection(sqlite3 handle, bool writes)
    {
        this.handle = handle;
        begin = Prepare(writes ? "BEGIN IMMEDIATE" : "BEGIN");
        commit = Prepare("COMMIT");
        rollback = Prepare("ROLLBACK");
    }

    /// <exception cref="StoreException">The file cannot be opened.</exception>
    public static SqliteConnection Open(string path, bool writes)
    {
        if (Interlocked.Exchange(ref initialized, 1) == 0)
            raw.SetProvider(new SQLite3Provider_e_sqlite3());

        var flags = raw.SQLITE_OPEN_NOMUTEX | raw.SQLITE_OPEN_READWRITE | (writes ? raw.SQLITE_OPEN_CREATE : 0);
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            handle.Dispose();
            throw SqliteErrors.Translate(code, $"open {path}", raw.sqlite3_errstr(code).utf8_to_string());
        }
        raw.sqlite3_extended_result_codes(handle, 1);
        raw.sqlite3_busy_timeout(handle, BusyTimeoutMilliseconds);
        return new SqliteConnection(handle, writes);
    }

    public void Begin() => begin.Run();

    public void Commit() => commit.Run();

    /// <summary>Ends a transaction whose work failed. SQLite has often done so itself by then.</summary>
    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(handle) == 0)
            rollback.Run();
    }

    public SqliteStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement), sql);
        return new SqliteStatement(this, statement, sql);
    }

    public void Execute(string sql)
    {
        using var statement = Prepare(sql);
        while (statement.Step())
        {
        }
    }

    public long QueryInteger(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Integer(0) : 0;
    }

    /// <summary>Copies the write-ahead log into the file as far as readers allow.</summary>
    /// <returns>Whether that was all of it; the log then starts over with the next write.</returns>
    public bool Checkpoint()
    {
        Check(raw.sqlite3_wal_checkpoint_v2(handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out var copied), "checkpoint");
        return copied == pages;
    }

    /// <summary>Pages that went into the write-ahead log since this was last asked.</summary>
    public int TakePagesWritten()
    {
        const int pagesWritten = 9; // SQLITE_DBSTATUS_CACHE_WRITE
        Check(raw.sqlite3_db_status(handle, pagesWritten, out var pages, out _, resetFlg: 1), "db_status");
        return pages;
    }

    /// <summary>Copies all of the write-ahead log and empties it, waiting for readers for this long. False: they took longer.</summary>
    public bool TryTruncateLog(TimeSpan patience)
    {
        raw.sqlite3_busy_timeout(handle, (int)patience.TotalMilliseconds);
        var code = raw.sqlite3_wal_checkpoint_v2(handle, null, raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
        raw.sqlite3_busy_timeout(handle, BusyTimeoutMilliseconds);
        if ((code & 0xff) == raw.SQLITE_BUSY)
            return false;
        Check(code, "checkpoint");
        return true;
    }

    public void Check(int code, string doing)
    {
        if (code is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE)
            return;
        throw SqliteErrors.Translate(raw.sqlite3_extended_errcode(handle), doing, raw.sqlite3_errmsg(handle).utf8_to_string(), SystemError(handle.DangerousGetHandle()));
    }

    /// <summary>For a log that is not to be trusted: closing copies it into the file otherwise.</summary>
    public void LeaveLogAtClose() => Check(raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _), "db_config");

    /// <summary>Closes the connection; statements still open are finalized with it.</summary>
    public void Dispose()
    {
        begin.Dispose();
        commit.Dispose();
        rollback.Dispose();
        handle.Dispose();
    }

    /// <summary>The binding leaves this one out. Source: https://www.sqlite.org/c3ref/system_errno.html</summary>
    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_system_errno")]
    private static partial int SystemError(nint connection);
}
