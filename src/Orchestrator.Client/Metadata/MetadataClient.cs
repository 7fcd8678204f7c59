using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;

namespace Orchestrator.Client.Metadata;

/// <summary><see cref="IMetadataClient"/> over HTTP. Asks the server for metadata only; one that sends whole objects does as well.</summary>
/// <param name="server">For messages about a server that is away.</param>
public sealed class MetadataClient(IApiClient client, Uri server) : IMetadataClient
{
    private const string AcceptObject = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
    private const string AcceptList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

    private static readonly JsonTypeInfo<PartialObjectMetadata> ObjectInfo = MetadataJsonContext.Default.PartialObjectMetadata;
    private static readonly JsonTypeInfo<KubernetesList<PartialObjectMetadata>> ListInfo =
        MetadataJsonContext.Default.KubernetesListPartialObjectMetadata;

    public async Task<IReadOnlyList<DiscoveredResource>> DiscoverAsync(CancellationToken cancellationToken)
    {
        var found = new List<DiscoveredResource>();
        await DiscoverAsync("", "v1", found, cancellationToken);
        var groups = await ReadAsync(HttpMethod.Get, "/apis", "application/json", null, ApiJson.TypeInfo<APIGroupList>(), cancellationToken);
        foreach (var group in groups.Groups ?? [])
        {
            if (group.PreferredVersion?.Version is { } version)
                await DiscoverAsync(group.Name!, version, found, cancellationToken);
        }

        return found;
    }

    public Task<PartialObjectMetadata> GetAsync(
        GroupVersionResource resource, string? @namespace, string name, CancellationToken cancellationToken) =>
        ReadAsync(HttpMethod.Get, ApiPath.Of(resource, @namespace, name), AcceptObject, null, ObjectInfo, cancellationToken);

    public Task<KubernetesList<PartialObjectMetadata>> ListAsync(
        GroupVersionResource resource, string? @namespace, ListOptions options, CancellationToken cancellationToken) =>
        ReadAsync(
            HttpMethod.Get, ApiPath.Of(resource, @namespace) + ApiPath.Query(options, watch: false), AcceptList, null, ListInfo, cancellationToken);

    public async IAsyncEnumerable<WatchEvent<PartialObjectMetadata>> WatchAsync(
        GroupVersionResource resource, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = ApiPath.Of(resource, null) + ApiPath.Query(options, watch: true);
        using var response = await SendAsync(HttpMethod.Get, path, AcceptObject, null, cancellationToken);
        await foreach (var change in WatchStream.ReadAsync(response, server, ObjectInfo, cancellationToken))
            yield return change;
    }

    public async Task PatchAsync(
        GroupVersionResource resource, string? @namespace, string name, JsonNode mergePatch, CancellationToken cancellationToken)
    {
        var body = new ByteArrayContent(PatchBodies.Serialize(mergePatch)) { Headers = { ContentType = PatchBodies.MediaTypeOf(PatchType.Merge) } };
        using var response = await SendAsync(HttpMethod.Patch, ApiPath.Of(resource, @namespace, name), AcceptObject, body, cancellationToken);
    }

    public async Task<bool> DeleteAsync(
        GroupVersionResource resource, string? @namespace, string name, DeleteOptions options, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(
                HttpMethod.Delete, ApiPath.Of(resource, @namespace, name), AcceptObject, BodyOf(options), cancellationToken);
            return true;
        }
        catch (ApiException e) when (e.Reason == StatusReason.NotFound)
        {
            return false;
        }
    }

    public async Task DeleteCollectionAsync(
        GroupVersionResource resource, string @namespace, DeleteOptions options, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            HttpMethod.Delete, ApiPath.Of(resource, @namespace), AcceptList, BodyOf(options), cancellationToken);
    }

    private async Task DiscoverAsync(string group, string version, List<DiscoveredResource> found, CancellationToken cancellationToken)
    {
        var path = group.Length == 0 ? $"/api/{version}" : $"/apis/{group}/{version}";
        var list = await ReadAsync(HttpMethod.Get, path, "application/json", null, ApiJson.TypeInfo<APIResourceList>(), cancellationToken);
        foreach (var resource in list.Resources ?? [])
        {
            // Names with a slash are subresources.
            if (!resource.Name!.Contains('/', StringComparison.Ordinal))
            {
                found.Add(new DiscoveredResource(
                    new GroupVersionResource(group, version, resource.Name), resource.Kind!, resource.Namespaced == true, resource.Verbs ?? []));
            }
        }
    }

    private async Task<T> ReadAsync<T>(
        HttpMethod method, string path, string accept, HttpContent? body, JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, accept, body, cancellationToken);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(stream, typeInfo, cancellationToken) ?? throw new JsonException("null is not an object");
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException)
        {
            throw ApiErrors.Unreadable(path, e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string accept, HttpContent? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return response.IsSuccessStatusCode ? response : throw await ApiErrors.FromResponseAsync(response, cancellationToken);
    }

    private static ByteArrayContent BodyOf(DeleteOptions options) =>
        new(ApiJson.Serialize(options with { ApiVersion = "v1", Kind = "DeleteOptions" }))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };
}
