using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Rbac.V1;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Authentication.Tokens;
using Orchestrator.ApiServer.Encryption;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.Storage;
using Orchestrator.Storage.Memory;

namespace Orchestrator.ApiServer.Tests.Registry;

/// <summary>A secret that does not open: its readers are told, everybody else goes on. Requests are handed to the host.</summary>
[CancelAfter(60_000)]
public sealed class UnreadableObjectTests
{
    private const string Secrets = "/api/v1/namespaces/default/secrets";
    private const string BadKey = "/registry/secrets/default/bad";

    private readonly SigningKeys keys = SigningKeys.Create();
    private string directory = "";
    private MemoryStore memory = null!;
    private EncryptingStore store = null!;
    private ApiServerHost host = null!;
    private long before;

    [SetUp]
    public async Task StartAsync()
    {
        directory = Directory.CreateTempSubdirectory("orchestrator-unreadable-").FullName;
        var keyFile = Path.Combine(directory, KeyFile.FileName);
        KeyFile.Ensure(keyFile, TimeProvider.System);
        memory = new MemoryStore();
        store = await EncryptingStore.OpenAsync(memory, keyFile, default);
        var cluster = new ClusterOptions
        {
            AuthoritiesPem = "", ServiceAccountKeys = keys,
            FixedTokens = new Dictionary<string, UserInfo>
            {
                ["admin"] = new("admin", ["system:masters", "system:authenticated"]),
                ["bob"] = new("bob", ["system:authenticated"]),
            },
        };
        host = new ApiServerHost(new ApiServerOptions { Listen = [], RandomSeed = 1 }, ClusterComposition.Of(cluster, NullLoggerFactory.Instance), store, NullLoggerFactory.Instance);
        await host.StartAsync(default);
        await host.Ready;

        foreach (var name in new[] { "good", "bad" })
            await SendAsync("POST", Secrets, 201, $$$"""{"metadata":{"name":"{{{name}}}"},"data":{"k":"dg=="}}""");
        before = await memory.GetRevisionAsync(default);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await host.DisposeAsync();
        await store.DisposeAsync();
        await memory.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [OneTimeTearDown]
    public void DisposeKeys() => keys.Dispose();

    [Test]
    public async Task Secret_ThatDoesNotOpen_IsToldAndTheRestGoesOn()
    {
        await SpoilAsync();

        await BecomesAsync("/readyz", 500, BadKey);
        await SendAsync("POST", "/api/v1/namespaces/default/configmaps", 201, """{"metadata":{"name":"item"}}""");
        Assert.That((await SendAsync("GET", "/api/v1/namespaces/default/configmaps?labelSelector=!x", 200)).ToJsonString(), Does.Contain("item"));
        var refusal = await SendAsync("GET", Secrets, 500);
        Assert.That(refusal["reason"]!.GetValue<string>(), Is.EqualTo("StorageReadError"));
        Assert.That(refusal["message"]!.GetValue<string>(), Does.Contain("default/bad"));
        await SendAsync("GET", Secrets + "?resourceVersion=0", 500);
        await SendAsync("GET", Secrets + "/bad", 500);
        await SendAsync("GET", Secrets + "/good", 200);
        await SendAsync("GET", "/api/v1/namespaces/kube-system/secrets", 200);
        await SendAsync("GET", Secrets + "?fieldSelector=metadata.name%3Dgood", 200);
        await SendAsync("PATCH", Secrets + "/bad", 500, """{"data":{}}""");
        await SendAsync("PATCH", Secrets + "/good", 200, """{"data":{"k":"dw=="}}""");
    }

    [Test]
    public async Task Watch_OverASecretThatDoesNotOpen_HasToListAgain()
    {
        await SpoilAsync();
        await BecomesAsync("/readyz", 500, BadKey);

        Assert.That((await WatchAsync($"{Secrets}?watch=1&resourceVersion={before}"))[^1], Does.Contain("\"ERROR\"").And.Contains("\"Expired\"").And.Contains("default/bad"));
        Assert.That((await WatchAsync($"{Secrets}?watch=1"))[^1], Does.Contain("\"ERROR\"").And.Contains("\"StorageReadError\""));
        Assert.That(await WatchAsync($"{Secrets}?watch=1&resourceVersion={before}&fieldSelector=metadata.name%3Dgood&timeoutSeconds=1"), Is.Empty);
        Assert.That(await WatchAsync($"/api/v1/configmaps?watch=1&resourceVersion={before}&timeoutSeconds=1"), Is.Empty);
    }

    [Test]
    public async Task Delete_OfASecretThatDoesNotOpen_NeedsTheOptionAndHeals()
    {
        const string option = "?ignoreStoreReadErrorWithClusterBreakingPotential=true";
        await SpoilAsync();
        await BecomesAsync("/readyz", 500, BadKey);

        await SendAsync("DELETE", Secrets + "/bad", 500);
        await SendAsync("DELETE", Secrets + "/good" + option, 422);
        await SendAsync("DELETE", Secrets + "/bad" + option + "&dryRun=All", 422);
        await SendAsync("DELETE", Secrets + "/absent" + option, 404);
        await SendAsync("DELETE", Secrets + option, 400);
        Assert.That((await SendAsync("DELETE", Secrets + "/bad" + option, 200))["status"]!.GetValue<string>(), Is.EqualTo("Success"));

        await BecomesAsync("/readyz", 200, "ok");
        Assert.That((await SendAsync("GET", Secrets, 200)).ToJsonString(), Does.Contain("good"));
        await SendAsync("GET", Secrets + "/bad", 404);
    }

    [Test]
    public async Task Delete_WithTheOption_NeedsAVerbOfItsOwn()
    {
        await host.Writer.CreateAsync(
            new ClusterRole { Metadata = new() { Name = "deleter" }, Rules = [new PolicyRule { Verbs = ["delete"], ApiGroups = [""], Resources = ["secrets"] }] },
            UserInfo.ApiServer, default);
        await host.Writer.CreateAsync(
            new ClusterRoleBinding
            {
                Metadata = new() { Name = "deleter" }, RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = "deleter" },
                Subjects = [new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "User", Name = "bob" }],
            },
            UserInfo.ApiServer, default);
        await SpoilAsync();
        await BecomesAsync("/readyz", 500, BadKey);

        var refusal = await SendAsync("DELETE", Secrets + "/bad?ignoreStoreReadErrorWithClusterBreakingPotential=true", 403, user: "bob");

        Assert.That(refusal["message"]!.GetValue<string>(), Does.Contain("unsafe-delete-ignore-read-errors"));
        Assert.That((await memory.GetAsync(BadKey, 0, default)).KeyValue, Is.Not.Null);
    }

    /// <summary>Changes a bit of the ciphertext.</summary>
    private async Task SpoilAsync()
    {
        var value = (await memory.GetAsync(BadKey, 0, default)).KeyValue!.Value.ToArray();
        value[^1] ^= 1;
        await memory.CommitAsync(new StoreTransaction([], [StoreChange.Put(BadKey, value)]), default);
    }

    private async Task<JsonNode> SendAsync(string method, string pathAndQuery, int expected, string? body = null, string user = "admin")
    {
        var (code, text) = await CallAsync(method, pathAndQuery, body, user);
        Assert.That(code, Is.EqualTo(expected), $"{method} {pathAndQuery}: {text}");
        return JsonNode.Parse(text)!;
    }

    private async Task<string[]> WatchAsync(string pathAndQuery) =>
        (await CallAsync("GET", pathAndQuery, null, "admin")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task BecomesAsync(string path, int code, string part)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var (found, text) = await CallAsync("GET", path + "?verbose", null, "admin");
            if (found == code && text.Contains(part, StringComparison.Ordinal))
                return;
            Assert.That(TimeProvider.System.GetElapsedTime(startedAt), Is.LessThan(TimeSpan.FromSeconds(20)), text);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    private async Task<(int Code, string Text)> CallAsync(string method, string pathAndQuery, string? body, string user)
    {
        var parts = pathAndQuery.Split('?');
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        http.Request.Path = parts[0];
        http.Request.QueryString = new QueryString(parts.Length > 1 ? "?" + parts[1] : "");
        http.Request.ContentType = method == "PATCH" ? "application/merge-patch+json" : "application/json";
        http.Request.Headers.Authorization = "Bearer " + user;
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body ?? ""));
        using var answer = new MemoryStream();
        http.Response.Body = answer;
        await host.HandleAsync(http);
        await http.Response.BodyWriter.FlushAsync();
        return (http.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()));
    }
}
