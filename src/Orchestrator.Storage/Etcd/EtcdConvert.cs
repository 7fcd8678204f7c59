using System.Text;
using Google.Protobuf;
using Orchestrator.Storage.Etcd.Wire;

namespace Orchestrator.Storage.Etcd;

/// <summary>The store's types to etcd's messages and back. Values are not copied.</summary>
internal static class EtcdConvert
{
    /// <summary>As a range's end: all keys from the start on. As a start: the first key.</summary>
    private static readonly ByteString Zero = ByteString.CopyFrom(0);

    /// <summary>What a range over all keys starts and ends with.</summary>
    public static (ByteString Start, ByteString End) AllKeys => (Zero, Zero);

    public static ByteString Key(string key) => UnsafeByteOperations.UnsafeWrap(KeyOrder.Encoding.GetBytes(key));

    /// <summary>The range of a prefix from a start key on. An end of one zero byte means "all that follow".</summary>
    public static (ByteString Start, ByteString End) Range(string prefix, string? startKey)
    {
        var start = KeyOrder.Instance.Compare(startKey, prefix) > 0 ? startKey! : prefix;
        var end = KeyOrder.EndOfPrefix(prefix);
        return (start.Length == 0 ? Zero : Key(start), end.Length == 0 ? Zero : UnsafeByteOperations.UnsafeWrap(end));
    }

    public static KeyValue KeyValue(KeyValueMessage message) => KeyValue(message, KeyOrder.Encoding.GetString(message.Key.Span));

    public static TxnCall Transaction(StoreTransaction transaction)
    {
        var call = new TxnCall();
        foreach (var (key, modRevision) in transaction.Conditions)
        {
            var keyBytes = Key(key);
            call.Compare.Add(new Compare { Target = Compare.Types.Target.Mod, Key = keyBytes, ModRevision = modRevision });
            call.Failure.Add(new RequestOp { RequestRange = new RangeCall { Key = keyBytes } });
        }
        foreach (var (key, value, leaseId) in transaction.Changes)
            call.Success.Add(Change(Key(key), value, leaseId));
        return call;
    }

    public static CommitResult CommitResult(TxnReply reply) =>
        new(reply.Succeeded, reply.Header.Revision, reply.Succeeded ? [] : reply.Responses.Select(Current).ToArray());

    /// <summary>Events in batches of one revision. etcd never splits a revision over messages (unless asked for fragments).</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Compacted"/>: what an event replaced is gone.</exception>
    public static List<WatchBatch> Batches(IReadOnlyList<Event> events)
    {
        List<WatchBatch> batches = [];
        for (var first = 0; first < events.Count;)
        {
            var revision = events[first].Kv.ModRevision;
            List<WatchChange> changes = [];
            for (; first < events.Count && events[first].Kv.ModRevision == revision; first++)
            {
                if (Change(events[first]) is { } change)
                    changes.Add(change);
            }
            batches.Add(new WatchBatch(revision, changes));
        }
        return batches;
    }

    private static RequestOp Change(ByteString key, ReadOnlyMemory<byte>? value, long leaseId) => value is { } bytes
        ? new RequestOp { RequestPut = new PutCall { Key = key, Value = UnsafeByteOperations.UnsafeWrap(bytes), Lease = leaseId } }
        : new RequestOp { RequestDeleteRange = new DeleteRangeCall { Key = key } };

    private static KeyValue? Current(ResponseOp response) =>
        response.ResponseRange is { Kvs.Count: > 0 } range ? KeyValue(range.Kvs[0]) : null;

    /// <summary>Null when the key is not UTF-8: somebody else's, and nothing a caller of this store could name.</summary>
    private static WatchChange? Change(Event change)
    {
        string key;
        try
        {
            key = KeyOrder.Encoding.GetString(change.Kv.Key.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
        var current = change.Type == Event.Types.Type.Put ? KeyValue(change.Kv, key) : null;
        if (change.PrevKv is { } before)
            return new WatchChange(key, current, KeyValue(before, key));
        // etcd looks the predecessor up when it sends, and silently leaves it out when a compaction was faster. A watcher would
        // take the update for a creation, so it must start over instead.
        if (current is null || current.Version > 1)
            throw new StoreException(StoreError.Compacted, $"what revision {change.Kv.ModRevision} replaced is no longer kept");
        return new WatchChange(key, current, null);
    }

    private static KeyValue KeyValue(KeyValueMessage message, string key) =>
        new(key, message.Value.Memory, message.CreateRevision, message.ModRevision, message.Version, message.Lease);
}
