using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Storage.Etcd;
using Orchestrator.Storage.Retention;

namespace Orchestrator.Storage.Tests.Etcd;

/// <summary>What needs a real etcd in a special state: restarts, TLS, authentication.</summary>
[TestFixture]
[Category("Etcd")]
[CancelAfter(60_000)]
internal sealed class EtcdServerTests
{
    [Test]
    public async Task Watch_ServerKilledAndStartedAgain_MissesNothingAndRepeatsNothing()
    {
        using var server = EtcdServer.Start();
        await using var store = await server.ConnectAsync();
        await using var watch = await WatchReader.FromNowAsync(store, "/");
        List<int> acknowledged = [];
        for (var i = 1; i <= 20; i++)
            await PutAsync(store, i, acknowledged);

        server.Kill();
        server.Run();
        for (var i = 21; acknowledged.Count < 40; i++)
            await PutAsync(store, i, acknowledged);

        // A write whose answer was lost may show up as well, in its place.
        List<int> seen = [];
        while (seen.LastOrDefault() < acknowledged[^1])
            seen.Add(int.Parse(Encoding.UTF8.GetString((await watch.ReadChangeAsync()).Current!.Value.Span)));
        Assert.That(seen, Is.Ordered.And.Unique);
        Assert.That(acknowledged, Is.SubsetOf(seen));
    }

    [Test]
    public async Task Keeper_QuotaUsedUpAndMuchDeleted_WritesAreTakenAgain()
    {
        using var server = EtcdServer.Start(extraArguments: ["--quota-backend-bytes", "6000000"]);
        await using var store = await server.ConnectAsync();
        var time = new ManualTimeProvider();
        var keeper = new HistoryKeeper(store, new RetentionPolicy(), () => 0, [], time, NullLogger<HistoryKeeper>.Instance);
        var written = 0;
        var refusal = Assert.ThrowsAsync<StoreException>(async () =>
        {
            for (; written < 1000; written++)
                await store.CommitAsync(StoreTransaction.Create($"/{written:0000}", new byte[100_000]), default);
        });
        Assert.That(refusal!.Error, Is.EqualTo(StoreError.NoSpace));

        for (var i = 0; i < written; i++)
            await store.CommitAsync(new StoreTransaction([], [StoreChange.Delete($"/{i:0000}")]), default);
        await keeper.StepAsync(default);
        Assert.That((await store.GetStatusAsync(default)).IsFull, Is.True, "what was deleted is history, and still there");
        time.Advance(HistoryKeeper.Interval);
        await keeper.StepAsync(default);

        Assert.That((await store.GetStatusAsync(default)).IsFull, Is.False);
        Assert.That((await store.CommitAsync(StoreTransaction.Create("/more", new byte[100_000]), default)).Committed, Is.True);
    }

    [Test]
    public async Task Connect_FirstEndpointIsDead_UsesTheNext()
    {
        using var server = EtcdServer.Start();
        await using (await server.ConnectAsync())
        {
        }

        await using var store = await EtcdStore.ConnectAsync(new EtcdStoreOptions { Endpoints = [new Uri("http://127.0.0.1:9"), server.Endpoint] });

        Assert.That((await store.CommitAsync(StoreTransaction.Create("/a", new byte[1]), default)).Committed, Is.True);
    }

    [Test]
    public async Task Connect_WithClientCertificate_IsLetIn()
    {
        using var directory = new TemporaryDirectory();
        var (ca, certificate, key) = WriteCertificates(directory);
        using var server = EtcdServer.Start("https", "--cert-file", certificate, "--key-file", key, "--trusted-ca-file", ca, "--client-cert-auth");
        var options = new EtcdStoreOptions { Endpoints = [server.Endpoint], CaFile = ca, CertificateFile = certificate, KeyFile = key, Patience = TimeSpan.Zero };

        await using var store = await server.ConnectAsync(options);

        Assert.That((await store.CommitAsync(StoreTransaction.Create("/a", new byte[1]), default)).Committed, Is.True);
        await using var watch = WatchReader.From(store, "/", 2);
        Assert.That((await watch.ReadChangeAsync()).Key, Is.EqualTo("/a"));
        Assert.ThrowsAsync<StoreException>(() => EtcdStore.ConnectAsync(options with { CertificateFile = null, KeyFile = null }), "no client certificate");
        Assert.ThrowsAsync<StoreException>(() => EtcdStore.ConnectAsync(options with { CaFile = null }), "an authority the system does not know");
        Assert.ThrowsAsync<StoreException>(() => EtcdStore.ConnectAsync(options with { CaFile = directory.File("missing.pem") }));
    }

    [Test]
    public async Task Connect_WithUserAndPassword_IsLetInAndRenewsItsToken()
    {
        using var server = EtcdServer.Start("http", "--auth-token", "simple");
        await using (await server.ConnectAsync())
            await EnableAuthenticationAsync(server.Endpoint, "root", "secret");
        var options = new EtcdStoreOptions { Endpoints = [server.Endpoint], UserName = "root", Password = "secret" };

        await using var store = await server.ConnectAsync(options);
        Assert.That((await store.CommitAsync(StoreTransaction.Create("/a", new byte[1]), default)).Committed, Is.True);

        // Simple tokens live in the member's memory: after a restart the old one is refused.
        server.Kill();
        server.Run();
        await using (await server.ConnectAsync(options))
            Assert.That((await store.GetAsync("/a", 0, default)).KeyValue, Is.Not.Null);
        Assert.ThrowsAsync<StoreException>(() => EtcdStore.ConnectAsync(options with { Password = "wrong" }));
    }

    private static async Task PutAsync(EtcdStore store, int value, List<int> acknowledged)
    {
        try
        {
            await store.CommitAsync(new StoreTransaction([], [StoreChange.Put("/counter", Encoding.UTF8.GetBytes($"{value}"))]), default);
            acknowledged.Add(value);
        }
        catch (StoreException e) when (e.Error == StoreError.Unavailable)
        {
            // Sent or not, nobody knows; that is what the error says.
        }
    }

    /// <summary>Through etcd's JSON gateway: the store itself manages no users.</summary>
    private static async Task EnableAuthenticationAsync(Uri endpoint, string user, string password)
    {
        using var client = new HttpClient { BaseAddress = endpoint };
        (string Path, object Body)[] calls =
        [
            ("v3/auth/user/add", new { name = user, password }),
            ("v3/auth/role/add", new { name = "root" }),
            ("v3/auth/user/grant", new { user, role = "root" }),
            ("v3/auth/enable", new { }),
        ];
        foreach (var (path, body) in calls)
            (await client.PostAsJsonAsync(path, body)).EnsureSuccessStatusCode();
    }

    /// <summary>One certificate for server and client, signed by an authority of its own.</summary>
    private static (string Ca, string Certificate, string Key) WriteCertificates(TemporaryDirectory directory)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var caRequest = new CertificateRequest("CN=test authority", caKey, HashAlgorithmName.SHA256);
        caRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var ca = caRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(ca, now.AddDays(-1), now.AddDays(1), [1, 2, 3]);

        File.WriteAllText(directory.File("ca.pem"), ca.ExportCertificatePem());
        File.WriteAllText(directory.File("cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(directory.File("key.pem"), key.ExportECPrivateKeyPem());
        return (directory.File("ca.pem"), directory.File("cert.pem"), directory.File("key.pem"));
    }
}
