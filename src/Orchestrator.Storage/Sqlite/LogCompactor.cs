namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// Deletes superseded rows behind the compacted revision, a batch per call. Used by the writer thread only.
/// </summary>
/// <remarks>
/// It walks the log once: a row at or before the compacted revision makes its predecessor (same key) superfluous, and so
/// itself if it is a deletion. A stored cursor names the last row looked at, so each step makes progress, also after a crash,
/// and the cost is that of the new rows, not of the store.
/// </remarks>
internal sealed class LogCompactor : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteStatement rows;
    private readonly SqliteStatement deletePredecessor;
    private readonly SqliteStatement delete;
    private readonly SqliteStatement newest;
    private readonly SqliteStatement setCursor;
    private long cursor;

    public LogCompactor(SqliteConnection connection)
    {
        this.connection = connection;
        rows = connection.Prepare("SELECT id, key FROM log WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3");
        deletePredecessor = connection.Prepare("DELETE FROM log WHERE id = (SELECT id FROM log WHERE key = ?1 AND id < ?2 ORDER BY id DESC LIMIT 1)");
        delete = connection.Prepare("DELETE FROM log WHERE id = ?1");
        newest = connection.Prepare("SELECT max(id) FROM log");
        setCursor = connection.Prepare("UPDATE state SET value = ?1 WHERE name = 'compaction_cursor'");
        cursor = connection.QueryInteger("SELECT value FROM state WHERE name = 'compaction_cursor'");
    }

    /// <summary>Whether rows at or before this revision are still to be looked at.</summary>
    public bool IsDue(long compactedRevision) => cursor < RowId.LastOf(compactedRevision).Value;

    /// <summary>One batch, in its own transaction.</summary>
    public void Step(long compactedRevision, int batchRows)
    {
        connection.Begin();
        try
        {
            var reached = DeleteBatch(RowId.LastOf(compactedRevision).Value, batchRows);
            setCursor.Bind(1, reached).Run();
            connection.Commit();
            cursor = reached;
        }
        finally
        {
            connection.Rollback();
        }
    }

    public void Dispose()
    {
        rows.Dispose();
        deletePredecessor.Dispose();
        delete.Dispose();
        newest.Dispose();
        setCursor.Dispose();
    }

    private long DeleteBatch(long lastId, int batchRows)
    {
        // The newest row stays even when it is a deletion: it carries the store's revision.
        newest.Step();
        var newestId = newest.Integer(0);
        newest.Reset();

        var batch = ReadBatch(lastId, batchRows);
        foreach (var (id, key) in batch)
        {
            deletePredecessor.BindKey(1, key).Bind(2, id.Value).Run();
            if (id.IsDeletion && id.Value != newestId)
                delete.Bind(1, id.Value).Run();
        }
        return batch.Count < batchRows ? lastId : batch[^1].Id.Value;
    }

    private List<(RowId Id, byte[] Key)> ReadBatch(long lastId, int batchRows)
    {
        List<(RowId, byte[])> batch = new(batchRows);
        rows.Bind(1, cursor).Bind(2, lastId).Bind(3, batchRows);
        while (rows.Step())
            batch.Add((new RowId(rows.Integer(0)), rows.Bytes(1).ToArray()));
        return batch;
    }
}
