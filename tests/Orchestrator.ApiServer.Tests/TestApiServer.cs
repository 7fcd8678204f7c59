using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Authorization;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;
using Orchestrator.Storage.Memory;

namespace Orchestrator.ApiServer.Tests;

/// <summary>The machinery over a memory store and plain HTTP, with a few kinds that have no rules of their own. Everybody may do everything.</summary>
internal sealed class TestApiServer : IAsyncDisposable
{
    private readonly ApiServerHost host;

    private TestApiServer(ApiServerHost host, IKeyValueStore store)
    {
        this.host = host;
        Store = store;
        Http = new HttpClient { BaseAddress = new Uri($"http://{host.Endpoints[0]}"), Timeout = TimeSpan.FromSeconds(20) };
        Http.DefaultRequestHeaders.UserAgent.ParseAdd("tester/1.0");
    }

    public HttpClient Http { get; }

    public IKeyValueStore Store { get; }

    public ApiServerHost Host => host;

    public static IReadOnlyList<ResourceDefinition> Kinds { get; } =
    [
        ResourceDefinition.For<ConfigMap>(),
        ResourceDefinition.For<Pod>() with
        {
            Strategy = new GracefulPods(),
            Subresources = [Subresource.Status(new ResourceStrategy<Pod>())],
            SelectableFields = [new("spec.nodeName"), new("status.phase")],
        },
        ResourceDefinition.For<Node>() with { Subresources = [Subresource.Status(new ResourceStrategy<Node>())] },
        ResourceDefinition.For<Deployment>() with
        {
            Subresources = [Subresource.Status(new ResourceStrategy<Deployment>()), Subresource.Scale("spec.replicas", "status.replicas", "spec.selector")],
        },
    ];

    public static async Task<TestApiServer> StartAsync(ApiServerOptions? options = null, IKeyValueStore? store = null, TimeProvider? time = null)
    {
        store ??= new MemoryStore();
        options = (options ?? new ApiServerOptions()) with { Listen = [new IPEndPoint(IPAddress.Loopback, 0)], RandomSeed = 1 };
        var host = new ApiServerHost(options, new ApiServerParts { Resources = Kinds, Authenticators = [new Anyone()], Authorizers = [new Everything()] }, store, NullLoggerFactory.Instance, time);
        await host.StartAsync(CancellationToken.None);
        await host.Ready;
        return new TestApiServer(host, store);
    }

    public async Task<(HttpStatusCode Code, JsonNode Body)> SendAsync(HttpMethod method, string path, string? body = null, string type = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        }

        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, JsonNode.Parse(text.Length == 0 ? "null" : text)!);
    }

    public Task<(HttpStatusCode Code, JsonNode Body)> GetAsync(string path, string? accept = null) => SendAsync(HttpMethod.Get, path, accept: accept);

    public Task<(HttpStatusCode Code, JsonNode Body)> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<(HttpStatusCode Code, JsonNode Body)> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    public Task<(HttpStatusCode Code, JsonNode Body)> DeleteAsync(string path, string? options = null) => SendAsync(HttpMethod.Delete, path, options);

    public Task<(HttpStatusCode Code, JsonNode Body)> PatchAsync(string path, string patch, string form = "merge-patch+json") =>
        SendAsync(HttpMethod.Patch, path, patch, $"application/{form}");

    /// <summary>Creates a ConfigMap and returns its resourceVersion.</summary>
    public async Task<long> CreateConfigMapAsync(string name, string value = "v", string labels = "{}", string @namespace = "default")
    {
        var (code, body) = await PostAsync(
            $"/api/v1/namespaces/{@namespace}/configmaps", $$$"""{"metadata":{"name":"{{{name}}}","labels":{{{labels}}}},"data":{"k":"{{{value}}}"}}""");
        Assert.That(code, Is.EqualTo(HttpStatusCode.Created), body?.ToJsonString());
        return Version(body!);
    }

    public static long Version(JsonNode body) => long.Parse(body["metadata"]!["resourceVersion"]!.GetValue<string>());

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await host.DisposeAsync();
        await Store.DisposeAsync();
    }

    private sealed class Anyone : IAuthenticator
    {
        private static readonly UserInfo User = new("tester", ["system:authenticated"]);

        public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext http, CancellationToken cancellationToken) => new(AuthenticationResult.Accepted(User));
    }

    private sealed class Everything : IAuthorizer
    {
        public ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken) => new(AuthorizationResult.Allow());
    }

    private sealed class GracefulPods : ResourceStrategy<Pod>
    {
        public override GracefulDeletion PlanDeletion(ApiObject item, long? requestedGraceSeconds) =>
            item.As<Pod>().Spec?.NodeName is null ? GracefulDeletion.Immediate : GracefulDeletion.After(requestedGraceSeconds ?? 30);
    }
}
