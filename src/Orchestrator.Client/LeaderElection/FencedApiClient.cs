using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Client.LeaderElection;

/// <summary>
/// A client for what only the leader may write: it refuses writes once the Lease may have gone to another. An instance that was
/// frozen goes on in the middle of a reconcile, long before it gets round to noticing that its time is up.
/// </summary>
/// <param name="isLeading">Whether the Lease is surely held; see <see cref="LeaderElector.IsLeading"/>.</param>
public sealed class FencedApiClient(IApiClient inner, Func<bool> isLeading) : IApiClient
{
    public Task<T> GetAsync<T>(string? @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject => inner.GetAsync<T>(@namespace, name, cancellationToken);

    public Task<KubernetesList<T>> ListAsync<T>(string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject => inner.ListAsync<T>(@namespace, options, cancellationToken);

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject => inner.WatchAsync<T>(@namespace, options, cancellationToken);

    public async Task<T> CreateAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        WriteFence.Raise(isLeading);
        return await inner.CreateAsync(item, cancellationToken);
    }

    public async Task<T> UpdateAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        WriteFence.Raise(isLeading);
        return await inner.UpdateAsync(item, cancellationToken);
    }

    public async Task<T> UpdateStatusAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        WriteFence.Raise(isLeading);
        return await inner.UpdateStatusAsync(item, cancellationToken);
    }

    public async Task<T> UpdateSubresourceAsync<T>(T item, string subresource, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        WriteFence.Raise(isLeading);
        return await inner.UpdateSubresourceAsync(item, subresource, cancellationToken);
    }

    public async Task<T> PatchAsync<T>(
        string? @namespace, string name, PatchType type, JsonNode patch, string? subresource, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        WriteFence.Raise(isLeading);
        return await inner.PatchAsync<T>(@namespace, name, type, patch, subresource, cancellationToken);
    }

    public async Task<bool> DeleteAsync<T>(string? @namespace, string name, DeleteOptions? options, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        WriteFence.Raise(isLeading);
        return await inner.DeleteAsync<T>(@namespace, name, options, cancellationToken);
    }

    public async Task<TResult> CreateSubresourceAsync<TParent, TBody, TResult>(
        string? @namespace, string name, string subresource, TBody body, CancellationToken cancellationToken)
        where TParent : KubernetesObject
    {
        WriteFence.Raise(isLeading);
        return await inner.CreateSubresourceAsync<TParent, TBody, TResult>(@namespace, name, subresource, body, cancellationToken);
    }

    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
            WriteFence.Raise(isLeading);
        return await inner.SendAsync(request, completion, cancellationToken);
    }
}
