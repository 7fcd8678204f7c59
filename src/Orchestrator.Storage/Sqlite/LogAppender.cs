using System.Diagnostics;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// The write side of the log, inside one SQLite transaction that holds a group of requests. Used by the writer thread only.
/// Nothing it holds counts until the group is committed.
/// </summary>
internal sealed class LogAppender : IDisposable
{
    internal const string HeadSql = "SELECT id, create_revision, version, lease, value FROM log WHERE key = ?1 ORDER BY id DESC LIMIT 1";

    /// <summary>"lease &lt;&gt; 0" lets SQLite prove that the partial index holds the rows; without it the whole log is read.</summary>
    internal const string LeaseKeysSql = "SELECT key FROM log WHERE lease = ?1 AND lease <> 0";

    private readonly SqliteStatement head;
    private readonly SqliteStatement append;
    private readonly SqliteStatement addLease;
    private readonly SqliteStatement findLease;
    private readonly SqliteStatement dropLease;
    private readonly SqliteStatement leaseKeys;
    private readonly SqliteStatement setCompacted;

    /// <summary>Present state of keys this group has met: conditions and changes mostly name the same key.</summary>
    private readonly Dictionary<string, KeyValue?> heads = new(StringComparer.Ordinal);

    private List<WatchBatch> batches = [];

    public LogAppender(SqliteConnection connection)
    {
        head = connection.Prepare(HeadSql);
        append = connection.Prepare("INSERT INTO log (id, create_revision, version, lease, key, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        addLease = connection.Prepare("INSERT INTO lease (ttl_milliseconds) VALUES (?1) RETURNING id");
        findLease = connection.Prepare("SELECT 1 FROM lease WHERE id = ?1");
        dropLease = connection.Prepare("DELETE FROM lease WHERE id = ?1");
        leaseKeys = connection.Prepare(LeaseKeysSql);
        setCompacted = connection.Prepare("UPDATE state SET value = ?1 WHERE name = 'compacted_revision'");
    }

    /// <summary>The newest revision, those of this group included.</summary>
    public long Revision { get; private set; }

    /// <summary>The revision compacted to, by this group included.</summary>
    public long CompactedRevision { get; private set; }

    /// <summary>Starts a group behind the last committed state.</summary>
    public void Start(long revision, long compactedRevision)
    {
        Revision = revision;
        CompactedRevision = compactedRevision;
        Rows = 0;
        heads.Clear();
        batches = [];
    }

    /// <summary>Rows the group has appended.</summary>
    public int Rows { get; private set; }

    /// <summary>What the group changed, one batch per revision.</summary>
    public List<WatchBatch> Batches => batches;

    public KeyValue? Head(string key)
    {
        if (heads.TryGetValue(key, out var known))
            return known;
        KeyValue? value = null;
        if (head.BindKey(1, KeyOrder.Encoding.GetBytes(key)).Step())
        {
            value = SqliteRow.Read(head, key, keysOnly: false);
            head.Reset();
        }
        heads.Add(key, value);
        return value;
    }

    /// <summary>Appends the changes at one new revision; none, when all of them delete what is not there.</summary>
    public void Append(IReadOnlyList<StoreChange> changes)
    {
        Debug.Assert(changes.Count <= RowId.MaxPositions);
        var revision = Revision + 1;
        List<WatchChange>? applied = null;
        for (var i = 0; i < changes.Count; i++)
        {
            if (Append(changes[i], revision, i) is { } change)
                (applied ??= new List<WatchChange>(changes.Count)).Add(change);
        }
        if (applied is null)
            return;
        Revision = revision;
        batches.Add(new WatchBatch(revision, applied));
    }

    public long AddLease(TimeSpan timeToLive)
    {
        addLease.Bind(1, (long)Math.Ceiling(timeToLive.TotalMilliseconds)).Step();
        var id = addLease.Integer(0);
        addLease.Step();
        return id;
    }

    public bool HasLease(long leaseId)
    {
        var found = findLease.Bind(1, leaseId).Step();
        findLease.Reset();
        return found;
    }

    /// <summary>Forgets a lease and deletes the keys attached to it now.</summary>
    public void EndLease(long leaseId)
    {
        SortedSet<string> keys = new(KeyOrder.Instance);
        leaseKeys.Bind(1, leaseId);
        while (leaseKeys.Step())
            keys.Add(leaseKeys.Key(0));
        keys.RemoveWhere(key => Head(key)?.LeaseId != leaseId);

        foreach (var chunk in keys.Select(StoreChange.Delete).Chunk(RowId.MaxPositions))
            Append(chunk);
        dropLease.Bind(1, leaseId).Run();
    }

    public void SetCompacted(long revision)
    {
        setCompacted.Bind(1, revision).Run();
        CompactedRevision = revision;
    }

    public void Dispose()
    {
        head.Dispose();
        append.Dispose();
        addLease.Dispose();
        findLease.Dispose();
        dropLease.Dispose();
        leaseKeys.Dispose();
        setCompacted.Dispose();
    }

    private WatchChange? Append(StoreChange change, long revision, int position)
    {
        var previous = Head(change.Key);
        if (change.Value is null && previous is null)
            return null;

        var current = change.Value is { } value
            ? new KeyValue(change.Key, value, previous?.CreateRevision ?? revision, revision, (previous?.Version ?? 0) + 1, change.LeaseId)
            : null;
        append.Bind(1, new RowId(revision, position, isDeletion: current is null).Value)
            .Bind(2, current?.CreateRevision ?? 0)
            .Bind(3, current?.Version ?? 0)
            .Bind(4, change.LeaseId)
            .BindKey(5, KeyOrder.Encoding.GetBytes(change.Key))
            .BindValue(6, change.Value)
            .Run();
        Rows++;
        heads[change.Key] = current;
        return new WatchChange(change.Key, current, previous);
    }
}
