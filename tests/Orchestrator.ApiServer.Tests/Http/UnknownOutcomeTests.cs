using System.Net;
using Orchestrator.Storage;
using Orchestrator.Storage.Memory;

namespace Orchestrator.ApiServer.Tests.Http;

/// <summary>A store that does a write and then cannot say so. The server must neither do it again nor call it refused.</summary>
internal sealed class UnknownOutcomeTests
{
    private const string Path = "/api/v1/namespaces/default/configmaps";

    [TestCase("PUT", "application/json", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","resourceVersion":"RV"},"data":{"v":"2"}}""")]
    [TestCase("PATCH", "application/merge-patch+json", """{"data":{"v":"2"}}""")]
    [TestCase("PATCH", "application/json-patch+json", """[{"op":"replace","path":"/data/v","value":"2"}]""")]
    public async Task Write_DoneButNotAnswered_IsNeitherRepeatedNorRefused(string method, string type, string body)
    {
        await using var store = new ForgetfulStore();
        await using var server = await TestApiServer.StartAsync(store: store);
        var (_, created) = await server.SendAsync(HttpMethod.Post, Path, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"v":"1"}}""");
        var version = created["metadata"]!["resourceVersion"]!.ToString();
        store.Forgets = true;

        var (code, status) = await server.SendAsync(new HttpMethod(method), $"{Path}/a", body.Replace("RV", version), type);

        Assert.That(code, Is.EqualTo(HttpStatusCode.GatewayTimeout));
        Assert.That(status["message"]!.ToString(), Does.Contain("may have been done"));
        Assert.That(store.Commits, Is.EqualTo(1), "the write was sent again");
        var (_, after) = await server.SendAsync(HttpMethod.Get, $"{Path}/a");
        Assert.That(after["data"]!["v"]!.ToString(), Is.EqualTo("2"));
    }

    /// <summary>Memory that, when told to, commits and then loses the answer.</summary>
    private sealed class ForgetfulStore : IKeyValueStore
    {
        private readonly MemoryStore inner = new();

        public bool Forgets { get; set; }

        /// <summary>Commits since it forgets.</summary>
        public int Commits { get; private set; }

        public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
        {
            var result = await inner.CommitAsync(transaction, cancellationToken);
            if (!Forgets)
                return result;
            Commits++;
            throw new StoreException(StoreError.Unavailable, "the connection broke");
        }

        public ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken) => inner.GetRevisionAsync(cancellationToken);

        public ValueTask<GetResult> GetAsync(string key, long revision, CancellationToken cancellationToken) => inner.GetAsync(key, revision, cancellationToken);

        public ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken) => inner.RangeAsync(request, cancellationToken);

        public IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, CancellationToken cancellationToken) =>
            inner.WatchAsync(prefix, fromRevision, cancellationToken);

        public ValueTask RequestProgressAsync(string prefix, CancellationToken cancellationToken) => inner.RequestProgressAsync(prefix, cancellationToken);

        public ValueTask CompactAsync(long revision, CancellationToken cancellationToken) => inner.CompactAsync(revision, cancellationToken);

        public ValueTask<long> GetCompactedRevisionAsync(CancellationToken cancellationToken) => inner.GetCompactedRevisionAsync(cancellationToken);

        public ValueTask<StoreStatus> GetStatusAsync(CancellationToken cancellationToken) => inner.GetStatusAsync(cancellationToken);

        public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) => inner.GrantLeaseAsync(timeToLive, cancellationToken);

        public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) => inner.KeepLeaseAliveAsync(leaseId, cancellationToken);

        public ValueTask<bool> RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) => inner.RevokeLeaseAsync(leaseId, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
