using System.Collections.Concurrent;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Reader connections, opened as needed and a few of them kept.</summary>
internal sealed class SqliteReaderPool(string path, int maxIdle) : IDisposable
{
    private readonly ConcurrentStack<SqliteReader> idle = new();
    private volatile bool disposed;

    /// <exception cref="StoreException"><see cref="StoreError.Unavailable"/>: the store was closed.</exception>
    public SqliteReader Rent()
    {
        if (disposed)
            throw StoreErrors.Closed();
        return idle.TryPop(out var reader) ? reader : new SqliteReader(path);
    }

    public void Return(SqliteReader reader)
    {
        if (disposed || idle.Count >= maxIdle)
            reader.Dispose();
        else
            idle.Push(reader);
    }

    public void Dispose()
    {
        disposed = true;
        while (idle.TryPop(out var reader))
            reader.Dispose();
    }
}
