using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// Reads on a connection of its own, each in one snapshot that no write disturbs and that disturbs no write. Used by one
/// thread at a time.
/// </summary>
internal sealed class SqliteReader : IDisposable
{
    internal const string AtRevisionSql = "SELECT id, create_revision, version, lease, value FROM log WHERE key = ?1 AND id <= ?2 ORDER BY id DESC LIMIT 1";
    /// <summary>The newest row of the next key, as far as the index alone tells it.</summary>
    internal const string NextKeySql = "SELECT id, 0, 0, 0, NULL, key FROM log WHERE key >= ?1 AND key < ?2 ORDER BY key, id DESC LIMIT 1";

    /// <summary>The same with the row.</summary>
    internal const string NextRowSql = "SELECT id, create_revision, version, lease, value, key FROM log WHERE key >= ?1 AND key < ?2 ORDER BY key, id DESC LIMIT 1";

    internal const string PredecessorSql = "SELECT id, create_revision, version, lease, value FROM log WHERE key = ?1 AND id < ?2 ORDER BY id DESC LIMIT 1";

    private readonly SqliteConnection connection;
    private readonly Func<long> published;
    private readonly SqliteStatement newest;
    private readonly SqliteStatement atRevision;
    private readonly SqliteStatement nextKey;
    private readonly SqliteStatement nextRow;
    private readonly SqliteStatement history;
    private readonly SqliteStatement predecessor;

    /// <param name="published">
    /// The newest revision that may be read. Commits are in the file a moment before they are on the disk, and what is not there yet may
    /// turn out never to have been.
    /// </param>
    public SqliteReader(string path, Func<long> published)
    {
        this.published = published;
        connection = SqliteConnection.Open(path, writes: false);
        connection.Execute("PRAGMA cache_size = -4096");
        newest = connection.Prepare("SELECT max(id) FROM log");
        atRevision = connection.Prepare(AtRevisionSql);
        nextKey = connection.Prepare(NextKeySql);
        nextRow = connection.Prepare(NextRowSql);
        history = connection.Prepare("SELECT id, create_revision, version, lease, value, key FROM log WHERE id >= ?1 AND id <= ?2 ORDER BY id");
        predecessor = connection.Prepare(PredecessorSql);
    }

    /// <summary>What a key held at a revision (0: now), and the revision of the snapshot.</summary>
    public GetResult Get(string key, long revision)
    {
        connection.Begin();
        try
        {
            var current = CurrentRevision();
            var last = RowId.LastOf(ReadRevision(revision, current));
            return new GetResult(ReadAt(KeyOrder.Encoding.GetBytes(key), last, keysOnly: false), current);
        }
        finally
        {
            connection.Rollback();
        }
    }

    public RangeResult Range(RangeRequest request)
    {
        connection.Begin();
        try
        {
            var current = CurrentRevision();
            return ReadRange(request, ReadRevision(request.Revision, current), current);
        }
        finally
        {
            connection.Rollback();
        }
    }

    /// <summary>What the file says now: reads below this are refused.</summary>
    public long CompactedRevision => connection.QueryInteger("SELECT value FROM state WHERE name = 'compacted_revision'");

    /// <summary>Pages of the file, and the free ones among them.</summary>
    public (long Pages, long Free) CountPages()
    {
        connection.Begin();
        try
        {
            return (connection.QueryInteger("PRAGMA page_count"), connection.QueryInteger("PRAGMA freelist_count"));
        }
        finally
        {
            connection.Rollback();
        }
    }

    /// <summary>See <see cref="IRevisionLog.ReadLogAsync"/>; the caller checks for compaction.</summary>
    public LogPage ReadLog(string prefix, long fromRevision, long toRevision, int maxRows)
    {
        connection.Begin();
        try
        {
            return ReadHistory(prefix, fromRevision, toRevision, maxRows);
        }
        finally
        {
            history.Reset();
            connection.Rollback();
        }
    }

    public void Dispose()
    {
        newest.Dispose();
        atRevision.Dispose();
        nextKey.Dispose();
        nextRow.Dispose();
        history.Dispose();
        predecessor.Dispose();
        connection.Dispose();
    }

    /// <summary>The newest revision of the snapshot that may be read.</summary>
    private long CurrentRevision()
    {
        newest.Step();
        var revision = new RowId(newest.Integer(0)).Revision;
        newest.Reset();
        // Asked behind the snapshot: compaction stays behind what is published, so the snapshot holds all of that revision.
        return Math.Max(Math.Min(revision, published()), SqliteStore.FirstRevision);
    }

    private static long ReadRevision(long requested, long current)
    {
        if (requested > current)
            throw StoreErrors.FutureRevision(requested, current);
        return requested == 0 ? current : requested;
    }

    private RangeResult ReadRange(RangeRequest request, long revision, long current)
    {
        var start = KeyOrder.Encoding.GetBytes(KeyOrder.Instance.Compare(request.StartKey, request.Prefix) > 0 ? request.StartKey! : request.Prefix);
        var end = KeyOrder.EndOfPrefix(request.Prefix);
        var last = RowId.LastOf(revision);
        List<KeyValue> items = [];
        long count = 0;
        while (true)
        {
            var isCounted = request.CountOnly || (request.Limit != 0 && items.Count >= request.Limit);
            if (Next(isCounted ? nextKey : nextRow, start, end, last, request.KeysOnly) is not { } found)
                return new RangeResult(items, current, count, !request.CountOnly && count > items.Count);

            start = Successor(found.Key);
            var value = found.Newest.Value > last.Value ? ReadAt(found.Key, last, request.KeysOnly) : found.Value;
            if (value is null)
                continue;
            count++;
            if (!isCounted)
                items.Add(value);
        }
    }

    /// <summary>The next key and, when its newest row is not later than <paramref name="last"/>, what that row holds.</summary>
    private static (byte[] Key, RowId Newest, KeyValue? Value)? Next(
        SqliteStatement statement, ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, RowId last, bool keysOnly)
    {
        if (!statement.BindKey(1, start).BindKeyEnd(2, end).Step())
            return null;
        var id = new RowId(statement.Integer(0));
        var key = statement.Bytes(5).ToArray();
        var value = id.Value > last.Value ? null : SqliteRow.Read(statement, KeyOrder.Encoding.GetString(key), keysOnly);
        statement.Reset();
        return (key, id, value);
    }

    /// <summary>The smallest key behind this one.</summary>
    private static byte[] Successor(byte[] key)
    {
        var next = new byte[key.Length + 1];
        key.CopyTo(next, 0);
        return next;
    }

    private KeyValue? ReadAt(byte[] key, RowId last, bool keysOnly)
    {
        if (!atRevision.BindKey(1, key).Bind(2, last.Value).Step())
            return null;
        var value = SqliteRow.Read(atRevision, KeyOrder.Encoding.GetString(key), keysOnly);
        atRevision.Reset();
        return value;
    }

    private LogPage ReadHistory(string prefix, long fromRevision, long toRevision, int maxRows)
    {
        var prefixBytes = KeyOrder.Encoding.GetBytes(prefix);
        List<WatchBatch> batches = [];
        List<WatchChange> changes = [];
        var (rows, revision) = (0, fromRevision);
        history.Bind(1, RowId.FirstOf(fromRevision).Value).Bind(2, RowId.LastOf(toRevision).Value);
        while (history.Step())
        {
            var id = new RowId(history.Integer(0));
            if (id.Revision != revision)
            {
                Finish(batches, ref changes, revision);
                revision = id.Revision;
                // A page ends between revisions, never within one.
                if (rows >= maxRows)
                    return new LogPage(batches, revision);
            }
            rows++;
            if (history.Bytes(5).StartsWith(prefixBytes))
                changes.Add(ReadChange(id));
        }
        Finish(batches, ref changes, revision);
        return new LogPage(batches, toRevision + 1);
    }

    private static void Finish(List<WatchBatch> batches, ref List<WatchChange> changes, long revision)
    {
        if (changes.Count == 0)
            return;
        batches.Add(new WatchBatch(revision, changes));
        changes = [];
    }

    private WatchChange ReadChange(RowId id)
    {
        var key = history.Key(5);
        KeyValue? previous = null;
        if (predecessor.BindKey(1, history.Bytes(5)).Bind(2, id.Value).Step())
        {
            previous = SqliteRow.Read(predecessor, key, keysOnly: false);
            predecessor.Reset();
        }
        return new WatchChange(key, SqliteRow.Read(history, key, keysOnly: false), previous);
    }
}
