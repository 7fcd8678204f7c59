using Orchestrator.Grpc;
using Orchestrator.Storage.Etcd.Wire;
using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Etcd;

/// <summary>
/// Reads past changes with a short-lived watch over all keys: every revision has an event, so it is known when the end was
/// reached, even if nothing under the prefix changed. (etcd answers a watch from the past within 100 ms.)
/// </summary>
internal sealed class EtcdHistory(EtcdConnection connection) : IRevisionLog
{
    /// <summary>A fresh cluster stands at revision 1 without any change.</summary>
    private const long FirstChange = 2;

    public async ValueTask<LogPage> ReadLogAsync(string prefix, long fromRevision, long toRevision, int maxRows, CancellationToken cancellationToken)
    {
        if (toRevision < FirstChange)
            return new LogPage([], toRevision + 1);
        try
        {
            var page = await connection.WithStreamAsync(
                EtcdMethods.Watch, stream => ReadAsync(stream, prefix, fromRevision, toRevision, maxRows), cancellationToken);
            await RefuseCompactedAsync(fromRevision, cancellationToken);
            return page;
        }
        catch (GrpcException e)
        {
            throw EtcdErrors.Translate(e);
        }
    }

    /// <summary>
    /// etcd accepts a watch from exactly the compacted revision, whose deletions it may have forgotten (etcd issue 19179). Asked
    /// after the read, so that what was read was still complete.
    /// </summary>
    private async Task RefuseCompactedAsync(long fromRevision, CancellationToken cancellationToken)
    {
        if (fromRevision <= FirstChange)
            return;
        var call = new RangeCall { Key = EtcdConvert.AllKeys.Start, CountOnly = true, Revision = fromRevision - 1 };
        await connection.CallAsync(EtcdMethods.Range, call, cancellationToken);
    }

    private static async Task<LogPage> ReadAsync(
        EtcdStream<WatchCall, WatchReply> stream, string prefix, long fromRevision, long toRevision, int maxRows)
    {
        var (start, end) = EtcdConvert.AllKeys;
        await stream.WriteAsync(new WatchCall { CreateRequest = new WatchCreate { Key = start, RangeEnd = end, StartRevision = fromRevision, PrevKv = true } });

        List<WatchBatch> batches = [];
        var rows = 0;
        while (await stream.ReadAsync() is { } reply)
        {
            if (reply.Canceled && reply.CompactRevision > 0)
                throw StoreErrors.Compacted(fromRevision, reply.CompactRevision);
            if (reply.Canceled)
                throw new GrpcException(GrpcStatusCode.Unavailable, $"the member cancelled the watch: {reply.CancelReason}");
            foreach (var batch in EtcdConvert.Batches(reply.Events))
            {
                if (batch.Revision <= toRevision && PrefixFilter.Apply(batch, prefix) is { } matching)
                    batches.Add(matching);
                rows += batch.Changes.Count;
                if (batch.Revision >= toRevision)
                    return new LogPage(batches, toRevision + 1);
                if (rows >= maxRows)
                    return new LogPage(batches, batch.Revision + 1);
            }
        }
        throw new GrpcException(GrpcStatusCode.Unavailable, "the member ended the watch");
    }
}
