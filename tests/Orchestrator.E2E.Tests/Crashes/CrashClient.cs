using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.E2E.Tests;

namespace Orchestrator.E2E.Crashes;

/// <summary>One event of a watch, as far as it is compared.</summary>
internal sealed record LogEvent(long Revision, string Type, string Name, string Value);

/// <summary>An object as it is.</summary>
internal sealed record CrashObject(string Value, long Revision);

/// <summary>What became of a request.</summary>
internal sealed record Answer(int Status, JsonNode? Body)
{
    /// <summary>Sent, perhaps, and not answered.</summary>
    public static readonly Answer None = new(0, null);

    /// <summary>No connection came about, so it was not done.</summary>
    public static readonly Answer NeverSent = new(-1, null);

    public bool IsAcknowledged => Status is 200 or 201;

    /// <summary>A refusal that a fault explains, and that promises that nothing was done.</summary>
    public bool IsRefused => Status is -1 or 429 or 503 or 507;

    /// <summary>Nobody knows whether it was done: no answer, or the server's own doubt.</summary>
    public bool IsUnknown => Status is 0 or 504;

    /// <summary>
    /// No fault explains it. An object that only its writer writes, and names as it was told, is neither missing nor changed nor there
    /// already (404, 409); nobody loses a right in a crash (401, 403); a valid request is not found invalid (400, 422); and 500 says
    /// that the server did not know what to say.
    /// </summary>
    public bool IsUnexplained => !IsAcknowledged && !IsRefused && !IsUnknown;

    public long Revision => long.Parse(Body!["metadata"]!["resourceVersion"]!.ToString());

    public CrashObject? Object => Status == 404 ? null : CrashClient.ObjectOf(Body!);
}

/// <summary>Plain HTTP to the API servers, without the product's own client: it repeats nothing and hides nothing.</summary>
internal sealed class CrashClient : IDisposable
{
    public const string Added = "ADDED";
    public const string Modified = "MODIFIED";
    public const string Deleted = "DELETED";

    private const string Objects = "/api/v1/namespaces/default/configmaps";

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReadinessLimit = TimeSpan.FromSeconds(3);

    private readonly HttpClient http;

    private CrashClient(HttpClient http) => this.http = http;

    public static CrashClient Of(string kubeconfig)
    {
        var text = JsonNode.Parse(Command.Run("kubectl", ["--kubeconfig", kubeconfig, "config", "view", "--raw", "--minify", "-o", "json"]).Succeeded().Output)!;
        var (cluster, user) = (text["clusters"]![0]!["cluster"]!, text["users"]![0]!["user"]!);
        var certificate = X509Certificate2.CreateFromPem(Decode(user["client-certificate-data"]!), Decode(user["client-key-data"]!));
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(Decode(cluster["certificate-authority-data"]!)));
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            SslOptions = { CertificateChainPolicy = policy, LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate },
        };
        return new CrashClient(new HttpClient(handler) { BaseAddress = new Uri(cluster["server"]!.ToString()), Timeout = Timeout.InfiniteTimeSpan });
    }

    public Task<Answer> GetAsync(string name) => SendAsync(HttpMethod.Get, $"{Objects}/{name}", null);

    public Task<Answer> CreateAsync(string name, string value) => SendAsync(HttpMethod.Post, Objects, Body(name, value, 0));

    public Task<Answer> UpdateAsync(string name, string value, long revision) => SendAsync(HttpMethod.Put, $"{Objects}/{name}", Body(name, value, revision));

    public Task<Answer> DeleteAsync(string name, long revision) => SendAsync(HttpMethod.Delete, $"{Objects}/{name}",
        new JsonObject { ["preconditions"] = new JsonObject { ["resourceVersion"] = $"{revision}" } });

    /// <summary>All objects at once, by name, as a majority has them.</summary>
    public async Task<Dictionary<string, CrashObject>> ListAsync()
    {
        var answer = await SendAsync(HttpMethod.Get, Objects, null);
        Assert.That(answer.Status, Is.EqualTo(200), "a list in a whole cluster");
        return answer.Body!["items"]!.AsArray().ToDictionary(item => item!["metadata"]!["name"]!.ToString(), item => ObjectOf(item!));
    }

    /// <returns>Null when the server is ready, else what it says.</returns>
    public async Task<string?> ReadinessAsync()
    {
        using var limit = new CancellationTokenSource(ReadinessLimit);
        try
        {
            using var response = await http.GetAsync("/readyz", limit.Token);
            var text = await response.Content.ReadAsStringAsync(limit.Token);
            return response.IsSuccessStatusCode ? null : $"{(int)response.StatusCode}: {text}";
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return e.Message;
        }
    }

    /// <summary>What happened behind one revision up to another, as a new watch tells it.</summary>
    public async Task<List<LogEvent>> ReadLogAsync(long behind, long upTo, CancellationToken cancellationToken)
    {
        var log = new List<LogEvent>();
        await foreach (var change in WatchAsync(behind, cancellationToken))
        {
            log.Add(change);
            if (change.Revision >= upTo)
                return log;
        }

        throw new AssertionException($"the log ends at {log.LastOrDefault()}, before {upTo}");
    }

    /// <summary>Ends when the server does, however it does.</summary>
    /// <exception cref="AssertionException">The server says that the revision is gone, which so young a one must not be.</exception>
    public async IAsyncEnumerable<LogEvent> WatchAsync(long behind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await TryOpenAsync(behind, cancellationToken);
        if (response is null)
            yield break;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await TryReadLineAsync(reader, cancellationToken) is { Length: > 0 } line)
        {
            if (Parse(line) is not { } change)
                yield break;
            if (change.Type == "ERROR")
            {
                Assert.That(change.Value, Does.Not.Contain("Expired"), "a watch lost its place");
                yield break;
            }

            yield return change;
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage?> TryOpenAsync(long behind, CancellationToken cancellationToken)
    {
        try
        {
            var response = await http.GetAsync($"{Objects}?watch=true&resourceVersion={behind}", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode)
                return response;
            Assert.That(response.StatusCode, Is.Not.EqualTo(HttpStatusCode.Gone), "a watch lost its place");
            response.Dispose();
            return null;
        }
        catch (HttpRequestException)
        {
            return null; // Nobody listens, or the one that did has died.
        }
    }

    private static async Task<string?> TryReadLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return null; // The server has died.
        }
    }

    /// <summary>Null: half a line, cut off by the death of its server.</summary>
    private static LogEvent? Parse(string line)
    {
        try
        {
            var change = JsonNode.Parse(line)!;
            var (type, item) = (change["type"]!.ToString(), change["object"]!);
            return type == "ERROR"
                ? new LogEvent(0, type, "", item.ToJsonString())
                : new LogEvent(long.Parse(item["metadata"]!["resourceVersion"]!.ToString()), type, item["metadata"]!["name"]!.ToString(), ObjectOf(item).Value);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, JsonNode? body)
    {
        using var limit = new CancellationTokenSource(AnswerLimit);
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        try
        {
            using var response = await http.SendAsync(request, limit.Token);
            return new Answer((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(limit.Token)));
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError)
        {
            return Answer.NeverSent;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or System.Text.Json.JsonException)
        {
            return Answer.None;
        }
    }

    internal static CrashObject ObjectOf(JsonNode item) =>
        new(item["data"]?["v"]?.ToString() ?? "", long.Parse(item["metadata"]!["resourceVersion"]!.ToString()));

    private static JsonObject Body(string name, string value, long revision)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (revision > 0)
            metadata["resourceVersion"] = $"{revision}";
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = metadata, ["data"] = new JsonObject { ["v"] = value } };
    }

    private static string Decode(JsonNode base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64.ToString()));
}
