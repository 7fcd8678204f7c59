using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Client.Reconciling;

/// <summary>A client that notes what it wrote in <see cref="WriteSet.Current"/>.</summary>
public sealed class TrackingApiClient(IApiClient inner) : IApiClient
{
    public Task<T> GetAsync<T>(string? @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject => inner.GetAsync<T>(@namespace, name, cancellationToken);

    public Task<KubernetesList<T>> ListAsync<T>(string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject => inner.ListAsync<T>(@namespace, options, cancellationToken);

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject => inner.WatchAsync<T>(@namespace, options, cancellationToken);

    public Task<T> CreateAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject => Note(inner.CreateAsync(item, cancellationToken));

    public Task<T> UpdateAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject => Note(inner.UpdateAsync(item, cancellationToken));

    public Task<T> UpdateStatusAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject => Note(inner.UpdateStatusAsync(item, cancellationToken));

    public Task<T> UpdateSubresourceAsync<T>(T item, string subresource, CancellationToken cancellationToken)
        where T : KubernetesObject => Note(inner.UpdateSubresourceAsync(item, subresource, cancellationToken));

    public Task<T> PatchAsync<T>(
        string? @namespace, string name, PatchType type, JsonNode patch, string? subresource, CancellationToken cancellationToken)
        where T : KubernetesObject => Note(inner.PatchAsync<T>(@namespace, name, type, patch, subresource, cancellationToken));

    public async Task<bool> DeleteAsync<T>(string? @namespace, string name, DeleteOptions? options, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var existed = await inner.DeleteAsync<T>(@namespace, name, options, cancellationToken);
        WriteSet.Current?.Deleted<T>(new ObjectKey(@namespace ?? "", name), options?.Preconditions?.Uid);
        return existed;
    }

    public Task<TResult> CreateSubresourceAsync<TParent, TBody, TResult>(
        string? @namespace, string name, string subresource, TBody body, CancellationToken cancellationToken)
        where TParent : KubernetesObject =>
        inner.CreateSubresourceAsync<TParent, TBody, TResult>(@namespace, name, subresource, body, cancellationToken);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken) =>
        inner.SendAsync(request, completion, cancellationToken);

    private static async Task<T> Note<T>(Task<T> write)
        where T : KubernetesObject
    {
        var item = await write;
        WriteSet.Current?.Wrote(item);
        return item;
    }
}
