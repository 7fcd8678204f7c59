using System.Collections.Concurrent;
using Google.Protobuf;
using Orchestrator.Grpc;
using Orchestrator.Grpc.Server;
using Orchestrator.Grpc.Tests;
using Orchestrator.Storage.Etcd;
using Orchestrator.Storage.Etcd.Wire;

namespace Orchestrator.Storage.Tests.Etcd;

/// <summary>
/// An etcd member whose answers a test decides, for failures that a real one does not show on demand. It holds no data:
/// reads say <see cref="Revision"/>, watches deliver what <see cref="Watch"/> yields.
/// </summary>
internal sealed class FakeMember : IAsyncDisposable
{
    private TestServer server = null!;

    public Uri Endpoint => server.Address;

    public long Revision { get; set; } = 1;

    /// <summary>Start revisions of the watches that were opened.</summary>
    public ConcurrentQueue<long> WatchStarts { get; } = new();

    public int Transactions;

    public int Reads;

    public int PastReads;

    /// <summary>Reads of older revisions say that they are no longer kept.</summary>
    public long CompactedRevision { get; set; }

    /// <summary>When set, transactions end so, after having been counted.</summary>
    public Exception? TransactionFailure { get; set; }

    public Exception? ReadFailure { get; set; }

    /// <summary>What a watch from a revision gets; by default nothing, for ever.</summary>
    public Func<long, IEnumerable<WatchReply>> Watch { get; set; } = _ => [];

    public static async Task<FakeMember> StartAsync()
    {
        var member = new FakeMember();
        var service = new GrpcService()
            .AddUnary(EtcdMethods.Range, (call, _) => member.ReadAsync(call.Revision))
            .AddUnary(EtcdMethods.Txn, (_, context) => member.CommitAsync(context))
            .AddDuplex(EtcdMethods.Watch, member.ServeWatchAsync);
        member.server = await TestServer.StartAsync(service.HandleAsync);
        return member;
    }

    public static WatchReply Put(long revision, string key, string value) => new()
    {
        Header = new ResponseHeader { Revision = revision },
        Events =
        {
            new Event { Kv = new KeyValueMessage { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value), ModRevision = revision, CreateRevision = revision, Version = 1 } },
        },
    };

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private Task<RangeReply> ReadAsync(long revision)
    {
        // Reads at the present revision are the feed's own, by which it learns whether its place is still kept.
        if (revision == 0)
            Interlocked.Increment(ref Reads);
        else if (revision < Revision)
            Interlocked.Increment(ref PastReads);
        if (revision != 0 && revision < CompactedRevision)
            return Task.FromException<RangeReply>(new GrpcException(GrpcStatusCode.OutOfRange, "etcdserver: mvcc: required revision has been compacted"));
        return ReadFailure is { } failure
            ? Task.FromException<RangeReply>(failure)
            : Task.FromResult(new RangeReply { Header = new ResponseHeader { Revision = Revision } });
    }

    private Task<TxnReply> CommitAsync(GrpcServerContext context)
    {
        Interlocked.Increment(ref Transactions);
        // The test may take it away at any moment.
        var failure = TransactionFailure;
        if (failure is GrpcException)
            return Task.FromException<TxnReply>(failure);
        if (failure is not null)
            context.HttpContext.Abort();
        return Task.FromResult(new TxnReply { Header = new ResponseHeader { Revision = ++Revision }, Succeeded = true });
    }

    private async Task ServeWatchAsync(IAsyncEnumerable<WatchCall> calls, GrpcStreamWriter<WatchReply> replies, GrpcServerContext context)
    {
        await foreach (var call in calls)
        {
            var start = call.CreateRequest.StartRevision;
            WatchStarts.Enqueue(start);
            await replies.WriteAsync(new WatchReply { Header = new ResponseHeader { Revision = Revision }, Created = true });
            foreach (var reply in Watch(start))
                await replies.WriteAsync(reply);
        }
    }
}
