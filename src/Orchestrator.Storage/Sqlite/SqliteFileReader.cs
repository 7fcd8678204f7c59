namespace Orchestrator.Storage.Sqlite;

/// <summary>Reads a store's file beside the process that has it open, without its lock. Calls must not overlap.</summary>
internal sealed class SqliteFileReader : IStoreReader
{
    private readonly SqliteReader reader;

    /// <exception cref="StoreException"><see cref="StoreError.Corrupt"/>: not a store, or of a newer version; or it cannot be read.</exception>
    public SqliteFileReader(string path)
    {
        using (var connection = SqliteConnection.Open(path, writes: false))
            SqliteSchema.RefuseForeign(connection, path);
        reader = new SqliteReader(path, () => long.MaxValue);
    }

    public ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(reader.Range(new RangeRequest { Prefix = "", Limit = 1, StartKey = "\uffff", CountOnly = true }).Revision);
    }

    public ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var result = reader.Range(request);
        // The mark is raised before the first row goes, so what was read below it was still complete.
        if (request.Revision != 0 && reader.CompactedRevision is var compacted && request.Revision < compacted)
            throw StoreErrors.Compacted(request.Revision, compacted);
        return ValueTask.FromResult(result);
    }

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        return ValueTask.CompletedTask;
    }
}
