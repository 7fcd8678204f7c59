using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Authentication.Tokens;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.Client.Pki;
using Orchestrator.Storage.Memory;

namespace Orchestrator.ApiServer.Tests;

/// <summary>
/// A whole API server on the memory store, reached over plain HTTP. Users are told apart by fixed tokens: the token is the user's
/// name. "admin" is in system:masters, names that begin with "system:node:" are in system:nodes.
/// </summary>
internal sealed class ClusterServer : IAsyncDisposable
{
    private readonly MemoryStore store = new();
    private readonly SigningKeys keys = SigningKeys.Create();
    private readonly HttpClient http = new();
    private readonly ApiServerHost host;

    private ClusterServer(CertificateAuthority authority, Func<ApiServerOptions, ApiServerOptions> adjust, KeyPair? kubeletClient)
    {
        Authority = authority;
        var options = new ClusterOptions
        {
            AuthoritiesPem = authority.CertificatePem,
            ServiceAccountKeys = keys,
            KubeletClientCertificate = kubeletClient?.ToCertificate(),
            FixedTokens = new Dictionary<string, UserInfo>
            {
                ["admin"] = new("admin", ["system:masters", "system:authenticated"]),
                ["bob"] = new("bob", ["system:authenticated"]),
                ["alice"] = new("alice", ["developers", "system:authenticated"]),
                ["system:node:node1"] = new("system:node:node1", ["system:nodes", "system:authenticated"]),
                ["system:node:node2"] = new("system:node:node2", ["system:nodes", "system:authenticated"]),
            },
        };
        var server = adjust(new ApiServerOptions { Listen = [new IPEndPoint(IPAddress.Loopback, 0)], RandomSeed = 1 });
        host = new ApiServerHost(server, ClusterComposition.Of(options, NullLoggerFactory.Instance), store, NullLoggerFactory.Instance);
    }

    public CertificateAuthority Authority { get; }

    public ApiServerHost Host => host;

    public Uri Address => new($"http://{host.Endpoints[0]}");

    public static async Task<ClusterServer> StartAsync(Func<ApiServerOptions, ApiServerOptions>? adjust = null)
    {
        var authority = CertificateAuthority.Create("test-ca", TimeProvider.System);
        var cluster = new ClusterServer(authority, adjust ?? (options => options), authority.IssueClient("kube-apiserver-kubelet-client", ["system:masters"]));
        await cluster.host.StartAsync(CancellationToken.None);
        await cluster.host.Ready.WaitAsync(TimeSpan.FromSeconds(30));
        return cluster;
    }

    public Task<Answer> GetAsync(string path, string user = "admin", bool table = false) => SendAsync("GET", path, null, user, table);

    public Task<Answer> PostAsync(string path, string json, string user = "admin") => SendAsync("POST", path, json, user);

    public Task<Answer> PutAsync(string path, JsonNode body, string user = "admin") => SendAsync("PUT", path, body.ToJsonString(), user);

    public Task<Answer> PatchAsync(string path, string json, string user = "admin") => SendAsync("PATCH", path, json, user);

    public Task<Answer> DeleteAsync(string path, string user = "admin") => SendAsync("DELETE", path, null, user);

    public async Task<Answer> SendAsync(string method, string path, string? json, string user, bool table = false, params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Address, path));
        if (user.Length > 0)
            request.Headers.Add("Authorization", $"Bearer {user}");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        if (table)
            request.Headers.Add("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, method == "PATCH" ? "application/merge-patch+json" : "application/json");
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text, [.. response.Headers.TryGetValues("Warning", out var warnings) ? warnings : []]);
    }

    /// <summary>Until something that follows asynchronously has come about.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await condition())
            await Task.Delay(20, timeout.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await store.DisposeAsync();
        http.Dispose();
        keys.Dispose();
        Authority.Dispose();
    }
}

/// <summary>A response.</summary>
internal sealed record Answer(int Code, string Text, IReadOnlyList<string> Warnings)
{
    public JsonObject Json => (JsonObject)JsonNode.Parse(Text)!;

    public string Message => Json["message"]?.GetValue<string>() ?? "";

    /// <summary>The field paths of a refused object.</summary>
    public IReadOnlyList<string> Fields => [.. (Json["details"]?["causes"] as JsonArray ?? []).Select(cause => cause!["field"]!.GetValue<string>())];

    /// <summary>The cells of a table's first row, by column.</summary>
    public IReadOnlyDictionary<string, string> Cells => ((JsonArray)Json["columnDefinitions"]!)
        .Zip((JsonArray)Json["rows"]![0]!["cells"]!, (column, cell) => (Name: column!["name"]!.GetValue<string>(), Cell: cell?.ToString() ?? ""))
        .ToDictionary(pair => pair.Name, pair => pair.Cell);
}
