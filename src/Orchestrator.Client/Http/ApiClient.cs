using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;
using Orchestrator.Client.Causes;
using Orchestrator.Client.LeaderElection;

namespace Orchestrator.Client;

/// <summary>
/// <see cref="IApiClient"/> over HTTP: HTTP/2 over TLS where the server offers it. Sends a request again only where that is safe:
/// the server asked to (429 or 503 with Retry-After), the connection was refused before anything was sent, or it is a read.
/// </summary>
public sealed class ApiClient : IApiClient, IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstReconnectDelay = TimeSpan.FromMilliseconds(20);

    private readonly ApiClientOptions options;
    private readonly TimeProvider time;
    private readonly BearerToken token;
    private readonly HttpClient http;
    private readonly string fieldManagerQuery;

    public ApiClient(ApiClientOptions options, TimeProvider time)
        : this(options, time, ApiTransport.CreateHandler(options))
    {
    }

    /// <param name="handler">Carries the requests; disposed with the client. For servers in the same process and for tests.</param>
    public ApiClient(ApiClientOptions options, TimeProvider time, HttpMessageHandler handler)
    {
        this.options = options;
        this.time = time;
        token = new BearerToken(options, time);
        http = new HttpClient(handler, disposeHandler: true) { BaseAddress = options.Server, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("orc", ApiTransport.ProductToken(options.Component)));
        fieldManagerQuery = "?fieldManager=" + Uri.EscapeDataString(options.Component);
    }

    public ApiClientOptions Options => options;

    public Task<T> GetAsync<T>(string? @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject =>
        RequestAsync<T>(HttpMethod.Get, ApiPath.Of<T>(@namespace, name), null, cancellationToken);

    public Task<KubernetesList<T>> ListAsync<T>(string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject =>
        RequestAsync<KubernetesList<T>>(
            HttpMethod.Get, ApiPath.Of<T>(@namespace) + ApiPath.Query(options, watch: false), null, cancellationToken);

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        string? @namespace, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var path = ApiPath.Of<T>(@namespace) + ApiPath.Query(options, watch: true);
        using var response = await SendCheckedAsync(HttpMethod.Get, path, null, cancellationToken);
        await foreach (var change in WatchStream.ReadAsync(response, this.options.Server, ApiJson.TypeInfo<T>(), cancellationToken))
            yield return change;
    }

    public Task<T> CreateAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject =>
        RequestAsync<T>(HttpMethod.Post, ApiPath.Of<T>(item.Metadata.Namespace) + fieldManagerQuery, Body(item), cancellationToken);

    public Task<T> UpdateAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject => PutAsync(item, null, cancellationToken);

    public Task<T> UpdateStatusAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject => PutAsync(item, "status", cancellationToken);

    public Task<T> UpdateSubresourceAsync<T>(T item, string subresource, CancellationToken cancellationToken)
        where T : KubernetesObject => PutAsync(item, subresource, cancellationToken);

    public Task<T> PatchAsync<T>(
        string? @namespace, string name, PatchType type, JsonNode patch, string? subresource, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var path = ApiPath.Of<T>(@namespace, name, subresource) + fieldManagerQuery + (type == PatchType.Apply ? "&force=true" : "");
        return RequestAsync<T>(HttpMethod.Patch, path, new RequestBody(PatchBodies.Serialize(patch), PatchBodies.MediaTypeOf(type)), cancellationToken);
    }

    public async Task<bool> DeleteAsync<T>(string? @namespace, string name, DeleteOptions? options, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var body = options is null ? null : Body(options with { ApiVersion = "v1", Kind = "DeleteOptions" });
        try
        {
            using var response = await SendCheckedAsync(HttpMethod.Delete, ApiPath.Of<T>(@namespace, name), body, cancellationToken);
            return true;
        }
        catch (ApiException e) when (e.Reason == StatusReason.NotFound)
        {
            return false;
        }
    }

    public Task<TResult> CreateSubresourceAsync<TParent, TBody, TResult>(
        string? @namespace, string name, string subresource, TBody body, CancellationToken cancellationToken)
        where TParent : KubernetesObject =>
        RequestAsync<TResult>(HttpMethod.Post, ApiPath.Of<TParent>(@namespace, name, subresource) + fieldManagerQuery, Body(body), cancellationToken);

    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        Prepare(request);
        try
        {
            return await TransmitAsync(request, completion, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw ApiErrors.Unreachable(options.Server, e);
        }
    }

    public void Dispose() => http.Dispose();

    private Task<T> PutAsync<T>(T item, string? subresource, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var name = item.Metadata.Name ?? throw new ArgumentException("an object to replace needs a name", nameof(item));
        return RequestAsync<T>(
            HttpMethod.Put, ApiPath.Of<T>(item.Metadata.Namespace, name, subresource) + fieldManagerQuery, Body(item), cancellationToken);
    }

    private async Task<TResult> RequestAsync<TResult>(HttpMethod method, string path, RequestBody? body, CancellationToken cancellationToken)
    {
        using var response = await SendCheckedAsync(method, path, body, cancellationToken);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(stream, ApiJson.TypeInfo<TResult>(), cancellationToken)
                ?? throw new JsonException("null is not an object");
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException)
        {
            throw ApiErrors.Unreadable(path, e);
        }
    }

    /// <summary>Sends, as often as is safe, and returns only answers of success.</summary>
    private async Task<HttpResponseMessage> SendCheckedAsync(HttpMethod method, string path, RequestBody? body, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var last = attempt >= options.MaxAttempts;
            TimeSpan delay;
            try
            {
                var response = await SendOnceAsync(method, path, body, cancellationToken);
                if (response.IsSuccessStatusCode)
                    return response;
                if (last || ApiErrors.RetryAfter(response) is not { } wait || wait > MaxRetryAfter)
                    throw await ApiErrors.FromResponseAsync(response, cancellationToken);
                response.Dispose();
                delay = wait;
            }
            catch (HttpRequestException e)
            {
                if (last || !IsSafeToRepeat(method, e))
                    throw ApiErrors.Unreachable(options.Server, e);
                delay = FirstReconnectDelay * (1 << attempt);
            }

            await Task.Delay(delay, time, cancellationToken);
            if (method != HttpMethod.Get)
                WriteFence.Check();
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, string path, RequestBody? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new ByteArrayContent(body.Utf8) { Headers = { ContentType = body.MediaType } };
        Prepare(request);
        request.Headers.Accept.Add(ApiTransport.AcceptJson);

        using var timeout = new CancellationTokenSource(options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await TransmitAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw ApiErrors.TimedOut(method, path, options.RequestTimeout, e);
        }
    }

    /// <summary>
    /// Sends once. The handler reports a connection that took longer than <see cref="ApiClientOptions.ConnectTimeout"/> as a
    /// cancellation nobody asked for; here it is what it is, a connection that failed.
    /// </summary>
    private async Task<HttpResponseMessage> TransmitAsync(
        HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, completion, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"no connection within {options.ConnectTimeout.TotalSeconds:0.#} s");
        }
    }

    private void Prepare(HttpRequestMessage request)
    {
        // An upgrade exists in HTTP/1.1 only.
        if (request.Headers.Upgrade.Count == 0)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }

        if (token.Current() is { } bearer)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head && Cause.Current is { } cause)
            request.Headers.TryAddWithoutValidation(Cause.HeaderName, CauseHeader.Format(cause));
    }

    private static bool IsSafeToRepeat(HttpMethod method, HttpRequestException e) =>
        e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
        || (method == HttpMethod.Get && e.HttpRequestError is not HttpRequestError.SecureConnectionError);

    private static RequestBody Body<T>(T value) => new(ApiJson.Serialize(value), Json);

    private sealed record RequestBody(byte[] Utf8, MediaTypeHeaderValue MediaType);
}
