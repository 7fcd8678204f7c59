using SQLitePCL;

namespace Orchestrator.Storage.Sqlite;

/// <summary>A prepared statement. Bind, step until false (or <see cref="Reset"/> early), bind again.</summary>
internal sealed class SqliteStatement(SqliteConnection connection, sqlite3_stmt handle, string sql) : IDisposable
{
    /// <summary>Binds key text. An empty key stands for "before all keys", which are never empty.</summary>
    public SqliteStatement BindKey(int index, ReadOnlySpan<byte> utf8)
    {
        connection.Check(utf8.IsEmpty ? raw.sqlite3_bind_text(handle, index, "\0"u8) : raw.sqlite3_bind_text(handle, index, utf8), sql);
        return this;
    }

    /// <summary>Binds an exclusive end of a key range; empty means "behind all keys": to SQLite every blob follows every text.</summary>
    public SqliteStatement BindKeyEnd(int index, ReadOnlySpan<byte> utf8)
    {
        connection.Check(utf8.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, index, 0) : raw.sqlite3_bind_text(handle, index, utf8), sql);
        return this;
    }

    /// <summary>Binds a value; null means a deletion. The empty value is not null.</summary>
    public SqliteStatement BindValue(int index, ReadOnlyMemory<byte>? value)
    {
        connection.Check(
            value switch
            {
                null => raw.sqlite3_bind_null(handle, index),
                { IsEmpty: true } => raw.sqlite3_bind_zeroblob(handle, index, 0),
                { } bytes => raw.sqlite3_bind_blob(handle, index, bytes.Span),
            },
            sql);
        return this;
    }

    public SqliteStatement Bind(int index, long value)
    {
        connection.Check(raw.sqlite3_bind_int64(handle, index, value), sql);
        return this;
    }

    /// <summary>Moves to the next row. At the end, and on failure, the statement is reset.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
            return true;
        if (code == raw.SQLITE_DONE)
        {
            raw.sqlite3_reset(handle);
            return false;
        }
        try
        {
            connection.Check(code, sql);
        }
        finally
        {
            raw.sqlite3_reset(handle);
        }
        return false;
    }

    /// <summary>Runs a statement that yields no rows.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Gives up remaining rows, so that the statement holds no snapshot.</summary>
    public void Reset() => raw.sqlite3_reset(handle);

    public long Integer(int column) => raw.sqlite3_column_int64(handle, column);

    /// <summary>The bytes of a text or blob column; valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public string Key(int column) => KeyOrder.Encoding.GetString(Bytes(column));

    public void Dispose() => handle.Dispose();
}
