namespace Orchestrator.Storage.Sqlite;

/// <summary>Reader connections, opened as needed and a few of them kept. New reads can be held back for a moment.</summary>
internal sealed class SqliteReaderPool(string path, int maxIdle, Func<long> published) : IDisposable
{
    private readonly object gate = new();
    private readonly Stack<SqliteReader> idle = new();
    private int active;
    private bool paused;
    private bool disposed;

    /// <exception cref="StoreException"><see cref="StoreError.Unavailable"/>: the store was closed.</exception>
    public SqliteReader Rent()
    {
        SqliteReader? reader;
        lock (gate)
        {
            while (paused && !disposed)
                Monitor.Wait(gate);
            if (disposed)
                throw StoreErrors.Closed();
            active++;
            idle.TryPop(out reader);
        }
        if (reader is not null)
            return reader;
        try
        {
            return new SqliteReader(path, published);
        }
        catch (StoreException)
        {
            Leave(null);
            throw;
        }
    }

    public void Return(SqliteReader reader) => Leave(reader);

    /// <summary>Ends a reader that is not fit to be used again.</summary>
    public void Discard(SqliteReader reader)
    {
        reader.Dispose();
        Leave(null);
    }

    /// <summary>
    /// Holds back new reads and waits for those under way. To be followed by <see cref="Resume"/>, whatever the answer.
    /// </summary>
    /// <returns>False: for as long as <paramref name="patience"/>, none of them ended.</returns>
    public bool TryPause(TimeSpan patience)
    {
        lock (gate)
        {
            paused = true;
            while (active > 0)
            {
                if (!Monitor.Wait(gate, patience))
                    return active == 0;
            }
            return true;
        }
    }

    public void Resume()
    {
        lock (gate)
        {
            paused = false;
            Monitor.PulseAll(gate);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            while (idle.TryPop(out var reader))
                reader.Dispose();
            Monitor.PulseAll(gate);
        }
    }

    private void Leave(SqliteReader? reader)
    {
        lock (gate)
        {
            active--;
            if (reader is not null && !disposed && idle.Count < maxIdle)
            {
                idle.Push(reader);
                reader = null;
            }
            if (paused)
                Monitor.PulseAll(gate);
        }
        reader?.Dispose();
    }
}
