using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Authentication.Tokens;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.Storage;
using Orchestrator.Storage.Memory;
using Orchestrator.Testing;

namespace Orchestrator.ApiServer.Tests.Registry;

/// <summary>What an API server makes of a store that lags or does not answer. No sockets: requests are handed to the host.</summary>
public sealed class StoreFaultTests
{
    private const string Admin = "admin";

    private readonly SigningKeys keys = SigningKeys.Create();
    private readonly List<ApiServerHost> hosts = [];
    private MemoryStore memory = null!;
    private StubbornStore stubborn = null!;

    [SetUp]
    public void SetUp()
    {
        memory = new MemoryStore();
        stubborn = new StubbornStore(memory);
    }

    [TearDown]
    public async Task TearDown()
    {
        await stubborn.DisposeAsync();
        foreach (var host in hosts)
            await host.DisposeAsync();
        hosts.Clear();
        await memory.DisposeAsync();
    }

    [OneTimeTearDown]
    public void DisposeKeys() => keys.Dispose();

    [Test]
    public async Task Update_ThatChangesNothingInAnOldCache_IsStillDone()
    {
        var lagging = await StartAsync(stubborn, seed: 1);
        var other = await StartAsync(memory, seed: 2);
        await lagging.Writer.CreateAsync(Item("old"), UserInfo.ApiServer, default);
        await SeesAsync(lagging, "old");
        stubborn.HoldWatches();
        await other.Writer.UpdateAsync<ConfigMap>("default", "item", "", _ => Item("new"), UserInfo.ApiServer, default);

        var result = await lagging.Writer.UpdateAsync<ConfigMap>("default", "item", "", found => found with { Data = Item("old").Data }, UserInfo.ApiServer, default);

        Assert.That(result.Data!["k"], Is.EqualTo("old"));
        await SeesAsync(other, "old");
    }

    [Test]
    public async Task Create_OfAServiceWithoutAnswer_KeepsItsClusterIP()
    {
        var host = await StartAsync(stubborn, seed: 1);
        stubborn.Unanswered = "/registry/services/";
        var unknown = Assert.ThrowsAsync<ApiException>(() => host.Writer.CreateAsync(NewService("first", "10.96.7.7"), UserInfo.ApiServer, default));
        Assert.That(unknown!.Code, Is.EqualTo(504));
        stubborn.Unanswered = null;

        var refusal = Assert.ThrowsAsync<ApiException>(() => host.Writer.CreateAsync(NewService("second", "10.96.7.7"), UserInfo.ApiServer, default));

        Assert.That(refusal!.Message, Does.Contain("already allocated"));
    }

    [Test]
    public async Task Request_WhoseStoreDoesNotAnswer_IsToldSo()
    {
        var host = await StartAsync(stubborn, seed: 1);
        stubborn.Unanswered = "/registry/ranges/";

        var (code, body) = await PostAsync(host, "/api/v1/namespaces/default/services", """{"metadata":{"name":"web"},"spec":{"ports":[{"port":80}]}}""");

        Assert.That(code, Is.EqualTo(504), body.ToJsonString());
        Assert.That(body["reason"]!.GetValue<string>(), Is.EqualTo("Timeout"));
    }

    [Test]
    public async Task Update_WithoutAnswer_IsNotDoneTwice()
    {
        var host = await StartAsync(stubborn, seed: 1);
        await host.Writer.CreateAsync(Item("0"), UserInfo.ApiServer, default);
        await SeesAsync(host, "0");
        stubborn.Unanswered = "/registry/configmaps/";

        var unknown = Assert.ThrowsAsync<ApiException>(
            () => host.Writer.UpdateAsync<ConfigMap>("default", "item", "", found => found with { Data = Item(found.Data!["k"] + "1").Data }, UserInfo.ApiServer, default));

        Assert.That(unknown!.Code, Is.EqualTo(504));
        await SeesAsync(host, "01");
        Assert.That(stubborn.Commits("/registry/configmaps/default/item"), Is.EqualTo(2));
    }

    [Test]
    public async Task ValueThatIsNoObject_IsToldAndTheRestGoesOn()
    {
        const string broken = "/registry/configmaps/default/broken";
        var host = await StartAsync(memory, seed: 1);
        await host.Writer.CreateAsync(Item("old"), UserInfo.ApiServer, default);
        await SeesAsync(host, "old");
        await memory.CommitAsync(StoreTransaction.Create(broken, "no JSON"u8.ToArray()), default);
        await ReadinessBecomesAsync(host, StatusCodes.Status500InternalServerError);

        await host.Writer.UpdateAsync<ConfigMap>("default", "item", "", found => found with { Data = Item("new").Data }, UserInfo.ApiServer, default);
        Assert.That((await host.Reader.GetLatestAsync<ConfigMap>("default", "item", default))!.Data!["k"], Is.EqualTo("new"));

        await memory.CommitAsync(new([], [StoreChange.Delete(broken)]), default);
        await SeesAsync(host, "new");
        await ReadinessBecomesAsync(host, StatusCodes.Status200OK);
    }

    [Test]
    public async Task Server_WhoseSignOfLifeWasLost_GivesAnother()
    {
        var clock = new FakeClock();
        var host = await StartAsync(stubborn, seed: 1, clock, advertise: "10.0.0.1");
        stubborn.Lost = "/registry/masterleases/";
        // The lease ends without being renewed, and the next key does not get through.
        await memory.CommitAsync(new([], [StoreChange.Delete("/registry/masterleases/10.0.0.1")]), default);
        await memory.RevokeLeaseAsync(1, default);
        await clock.AdvanceUntilAsync(() => stubborn.HasLost, TimeSpan.FromMinutes(1));
        stubborn.Lost = null;

        await clock.AdvanceUntilAsync(() => stubborn.Commits("/registry/masterleases/10.0.0.1") == 2, TimeSpan.FromMinutes(1));
    }

    private async Task<ApiServerHost> StartAsync(IKeyValueStore store, int seed, TimeProvider? time = null, string? advertise = null)
    {
        var options = new ApiServerOptions
        {
            Listen = [], RandomSeed = seed, Advertise = advertise is null ? null : new IPEndPoint(IPAddress.Parse(advertise), 6443),
        };
        var cluster = new ClusterOptions
        {
            AuthoritiesPem = "", ServiceAccountKeys = keys,
            FixedTokens = new Dictionary<string, UserInfo> { [Admin] = new(Admin, ["system:masters", "system:authenticated"]) },
        };
        var host = new ApiServerHost(options, ClusterComposition.Of(cluster, NullLoggerFactory.Instance), store, NullLoggerFactory.Instance, time);
        hosts.Add(host);
        await host.StartAsync(default);
        // What a server does at its start may wait for a moment to pass.
        if (time is FakeClock clock)
            await clock.AdvanceUntilAsync(() => host.Ready.IsCompleted, TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(10));
        await host.Ready;
        return host;
    }

    private static async Task<(int Code, JsonNode Body)> PostAsync(ApiServerHost host, string path, string body)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.Path = path;
        http.Request.ContentType = "application/json";
        http.Request.Headers.Authorization = "Bearer " + Admin;
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        using var answer = new MemoryStream();
        http.Response.Body = answer;
        await host.HandleAsync(http);
        return (http.Response.StatusCode, JsonNode.Parse(answer.ToArray())!);
    }

    private static async Task ReadinessBecomesAsync(ApiServerHost host, int code)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var http = new DefaultHttpContext();
            http.Request.Method = "GET";
            http.Request.Path = "/readyz";
            http.Request.Headers.Authorization = "Bearer " + Admin;
            using var answer = new MemoryStream();
            http.Response.Body = answer;
            await host.HandleAsync(http);
            if (http.Response.StatusCode == code)
                return;
            Assert.That(TimeProvider.System.GetElapsedTime(startedAt), Is.LessThan(TimeSpan.FromSeconds(20)), Encoding.UTF8.GetString(answer.ToArray()));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    private static async Task SeesAsync(ApiServerHost host, string value)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (host.Reader.Get<ConfigMap>("default", "item")?.Data?["k"] != value)
        {
            Assert.That(TimeProvider.System.GetElapsedTime(startedAt), Is.LessThan(TimeSpan.FromSeconds(20)), $"the cache never showed '{value}'");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    private static ConfigMap Item(string value) => new()
    {
        Metadata = new() { Name = "item", Namespace = "default" }, Data = new Dictionary<string, string> { ["k"] = value },
    };

    private static Service NewService(string name, string address) => new()
    {
        Metadata = new() { Name = name, Namespace = "default" }, Spec = new ServiceSpec { ClusterIP = address, ClusterIPs = [address], Ports = [new ServicePort { Port = 80 }] },
    };
}
