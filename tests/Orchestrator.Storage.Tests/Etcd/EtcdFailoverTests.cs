using System.Text;
using Orchestrator.Grpc;
using Orchestrator.Storage.Etcd;
using Orchestrator.Storage.Etcd.Wire;

namespace Orchestrator.Storage.Tests.Etcd;

/// <summary>Members that fail, lie still or forget. They are fakes, so that each failure comes exactly when it should.</summary>
[TestFixture]
[CancelAfter(30_000)]
internal sealed class EtcdFailoverTests
{
    private FakeMember first = null!;
    private FakeMember second = null!;

    [SetUp]
    public async Task StartAsync()
    {
        first = await FakeMember.StartAsync();
        second = await FakeMember.StartAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Test]
    public async Task Read_MemberFails_IsRepeatedAtTheNext()
    {
        await using var store = await ConnectAsync();
        first.ReadFailure = new GrpcException(GrpcStatusCode.Unavailable, "etcdserver: leader changed");
        second.Revision = 7;

        Assert.That(await store.GetRevisionAsync(default), Is.EqualTo(7));
    }

    [Test]
    public async Task Read_EveryMemberFails_IsUnavailableAfterABoundedNumberOfAttempts()
    {
        await using var store = await ConnectAsync(new EtcdStoreOptions { Endpoints = [], Patience = TimeSpan.Zero });
        first.ReadFailure = second.ReadFailure = new GrpcException(GrpcStatusCode.Unavailable, "etcdserver: no leader");
        var before = first.Reads + second.Reads;

        AssertFails(StoreError.Unavailable, async () => await store.GetRevisionAsync(default));

        Assert.That(first.Reads + second.Reads - before, Is.EqualTo(4));
    }

    [Test]
    public async Task Read_ClusterHasNoLeaderForAMoment_Waits()
    {
        await using var store = await ConnectAsync();
        first.ReadFailure = second.ReadFailure = new GrpcException(GrpcStatusCode.Unavailable, "etcdserver: no leader");
        first.Revision = second.Revision = 7;
        var reading = store.GetRevisionAsync(default).AsTask();
        while (first.Reads + second.Reads < 8)
            await Task.Yield();

        first.ReadFailure = second.ReadFailure = null;

        Assert.That(await reading, Is.EqualTo(7));
    }

    [TestCase(GrpcStatusCode.Unavailable, "etcdserver: no leader")]
    [TestCase(GrpcStatusCode.ResourceExhausted, "etcdserver: too many requests")]
    [TestCase(GrpcStatusCode.Unknown, "raft proposal dropped")]
    [TestCase(GrpcStatusCode.Unauthenticated, "etcdserver: invalid auth token")]
    [TestCase(GrpcStatusCode.InvalidArgument, "etcdserver: revision of auth store is old")]
    public async Task Commit_RefusedBeforeItWasProposed_IsSentAgain(GrpcStatusCode status, string message)
    {
        await using var store = await ConnectAsync();
        first.TransactionFailure = new GrpcException(status, message);
        var committing = store.CommitAsync(StoreTransaction.Create("/a", new byte[1]), default).AsTask();
        while (Volatile.Read(ref first.Transactions) == 0)
            await Task.Yield();

        first.TransactionFailure = null;

        Assert.That((await committing).Committed, Is.True);
    }

    [TestCase("etcdserver: leader changed")]
    [TestCase("etcdserver: request timed out, possibly due to previous leader failure")]
    [TestCase("error reading from server: etcdserver: no leader")]
    public async Task Commit_MayHaveBeenProposed_IsNotSentAgain(string message)
    {
        await using var store = await ConnectAsync();
        first.TransactionFailure = second.TransactionFailure = new GrpcException(GrpcStatusCode.Unavailable, message);

        AssertFails(StoreError.Unavailable, async () => await store.CommitAsync(StoreTransaction.Create("/a", new byte[1]), default));

        Assert.That((first.Transactions, second.Transactions), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task Commit_AnswerLost_IsNotSentAgain()
    {
        await using var store = await ConnectAsync();
        first.TransactionFailure = new IOException("the connection breaks");

        AssertFails(StoreError.Unavailable, async () => await store.CommitAsync(StoreTransaction.Create("/a", new byte[1]), default));

        Assert.That((first.Transactions, second.Transactions), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task Commit_TimedOutInTheCluster_IsNotSentAgain()
    {
        await using var store = await ConnectAsync();
        first.TransactionFailure = new GrpcException(GrpcStatusCode.Unavailable, "etcdserver: request timed out");

        AssertFails(StoreError.Unavailable, async () => await store.CommitAsync(StoreTransaction.Create("/a", new byte[1]), default));

        Assert.That((first.Transactions, second.Transactions), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task Commit_MemberIsGone_GoesToTheNextOnce()
    {
        await using var store = await ConnectAsync();
        await first.DisposeAsync();

        // Whether the first attempt finds the broken connection or none decides if it may be repeated.
        CommitResult? result = null;
        for (var attempt = 0; result is null && attempt < 3; attempt++)
        {
            try
            {
                result = await store.CommitAsync(StoreTransaction.Create("/a", new byte[1]), default);
            }
            catch (StoreException e) when (e.Error == StoreError.Unavailable)
            {
                Assert.That(second.Transactions, Is.Zero);
            }
        }

        Assert.That((result!.Committed, second.Transactions), Is.EqualTo((true, 1)));
    }

    [TestCase(GrpcStatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded", StoreError.NoSpace)]
    [TestCase(GrpcStatusCode.InvalidArgument, "etcdserver: request is too large", StoreError.TooLarge)]
    [TestCase(GrpcStatusCode.NotFound, "etcdserver: requested lease not found", StoreError.LeaseNotFound)]
    [TestCase(GrpcStatusCode.PermissionDenied, "etcdserver: permission denied", StoreError.ReadOnly)]
    [TestCase(GrpcStatusCode.DataLoss, "etcdserver: corrupt cluster", StoreError.Corrupt)]
    [TestCase(GrpcStatusCode.Unknown, "something new", StoreError.Unavailable)]
    public async Task Commit_EtcdRefuses_SaysWhyInTheStoresTerms(GrpcStatusCode status, string message, StoreError expected)
    {
        await using var store = await ConnectAsync();
        first.TransactionFailure = new GrpcException(status, message);

        AssertFails(expected, async () => await store.CommitAsync(StoreTransaction.Create("/a", new byte[1]), default));
    }

    [Test]
    public async Task Watch_MemberEnds_ResumesBehindTheLastRevisionAtTheNext()
    {
        first.Watch = start => start == 2 ? [FakeMember.Put(2, "/a", "two"), new WatchReply { Canceled = true, CancelReason = "etcdserver: no leader" }] : [];
        second.Watch = start => start == 3 ? [FakeMember.Put(3, "/a", "three")] : [];
        await using var store = await ConnectAsync();
        await using var watch = WatchReader.From(store, "/", 2);

        var (two, three) = (await watch.ReadChangesAsync(), await watch.ReadChangesAsync());

        Assert.That((two.Revision, three.Revision), Is.EqualTo((2L, 3L)));
    }

    [Test]
    public async Task Watch_PlaceCompactedWhileDisconnected_EndsCompactedAndNewWatchesWork()
    {
        first.Watch = _ => [new WatchReply { Canceled = true, CancelReason = "etcdserver: no leader" }];
        second.Watch = start => start switch
        {
            2 => [new WatchReply { Canceled = true, CompactRevision = 50 }],
            _ => [],
        };
        second.Revision = 60;
        await using var store = await ConnectAsync();
        await using var watch = WatchReader.From(store, "/", 2);

        AssertFails(StoreError.Compacted, () => watch.ReadChangesAsync());

        first.Watch = second.Watch = start => start == 61 ? [FakeMember.Put(61, "/a", "new")] : [];
        await using var again = WatchReader.From(store, "/", 61);
        Assert.That((await again.ReadChangesAsync()).Revision, Is.EqualTo(61));
    }

    [Test]
    public async Task Watch_RevisionLeftOut_EndsCompacted()
    {
        first.Watch = second.Watch = start => start == 2 ? [FakeMember.Put(2, "/a", "two"), FakeMember.Put(4, "/b", "four")] : [];
        await using var store = await ConnectAsync();
        first.Revision = second.Revision = 4;
        await using var watch = WatchReader.From(store, "/", 2);

        Assert.That((await watch.ReadChangesAsync()).Revision, Is.EqualTo(2));
        AssertFails(StoreError.Compacted, () => watch.ReadChangesAsync());
    }

    [Test]
    public async Task Watch_SilentWhileReadsMoveOn_IsTakenToAnotherMember()
    {
        await using var store = await ConnectAsync(new EtcdStoreOptions { Endpoints = [], StallTimeout = TimeSpan.FromMilliseconds(200) });
        second.Watch = start => start == 2 ? [FakeMember.Put(2, "/a", "two")] : [];
        await using var watch = WatchReader.From(store, "/", 2);
        var reading = watch.ReadChangesAsync();
        first.Revision = second.Revision = 2;

        await store.GetRevisionAsync(default);

        Assert.That((await reading).Revision, Is.EqualTo(2));
        Assert.That(second.WatchStarts, Is.EqualTo([2L]));
    }

    [Test]
    public async Task Watch_KeyThatIsNotText_IsPassedOver()
    {
        var foreign = FakeMember.Put(2, "x", "binary");
        foreign.Events[0].Kv.Key = Google.Protobuf.ByteString.CopyFrom(0xff, 0xfe);
        first.Watch = start => start == 2 ? [foreign, FakeMember.Put(3, "/a", "text")] : [];
        await using var store = await ConnectAsync();
        await using var watch = WatchReader.From(store, "", 2);

        var change = await watch.ReadChangeAsync();

        Assert.That((change.Key, Encoding.UTF8.GetString(change.Current!.Value.Span)), Is.EqualTo(("/a", "text")));
    }

    [Test]
    public async Task CompactedRevision_AsBefore_IsOneRead()
    {
        first.Revision = second.Revision = 100_000;
        await using var store = await ConnectAsync();
        Assert.That(await store.GetCompactedRevisionAsync(default), Is.Zero);
        Assert.That(first.PastReads + second.PastReads, Is.EqualTo(1));

        first.CompactedRevision = second.CompactedRevision = 70_000;
        Assert.That(await store.GetCompactedRevisionAsync(default), Is.EqualTo(70_000));
        var before = first.PastReads + first.Reads + second.PastReads + second.Reads;
        Assert.That(await store.GetCompactedRevisionAsync(default), Is.EqualTo(70_000));

        Assert.That(first.PastReads + first.Reads + second.PastReads + second.Reads - before, Is.EqualTo(1));
    }

    [Test]
    public async Task Connect_NobodyAnswers_NamesTheAddresses()
    {
        var address = first.Endpoint;
        await first.DisposeAsync();

        var failure = Assert.ThrowsAsync<StoreException>(() => EtcdStore.ConnectAsync(new EtcdStoreOptions { Endpoints = [address] }))!;

        Assert.That((failure.Error, failure.Message.Contains(address.ToString())), Is.EqualTo((StoreError.Unavailable, true)));
    }

    private Task<EtcdStore> ConnectAsync(EtcdStoreOptions? options = null) =>
        EtcdStore.ConnectAsync((options ?? new EtcdStoreOptions { Endpoints = [] }) with { Endpoints = [first.Endpoint, second.Endpoint], RetryDelay = TimeSpan.FromMilliseconds(20) });

    private static void AssertFails(StoreError error, Func<Task> action) =>
        Assert.That(Assert.ThrowsAsync<StoreException>(action)!.Error, Is.EqualTo(error));
}
