using Orchestrator.Api;

namespace Orchestrator.Client.Informers;

/// <summary>Where a <see cref="Reflector{T}"/> lists and watches: one kind, with fixed selectors.</summary>
public interface IListWatch<T>
    where T : KubernetesObject
{
    Task<KubernetesList<T>> ListAsync(ListOptions options, CancellationToken cancellationToken);

    IAsyncEnumerable<WatchEvent<T>> WatchAsync(ListOptions options, CancellationToken cancellationToken);
}

/// <summary>All objects of a typed kind that match a field selector.</summary>
internal sealed class TypedListWatch<T>(IApiClient client, string? fieldSelector) : IListWatch<T>
    where T : KubernetesObject
{
    public Task<KubernetesList<T>> ListAsync(ListOptions options, CancellationToken cancellationToken) =>
        client.ListAsync<T>(null, options with { FieldSelector = fieldSelector }, cancellationToken);

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync(ListOptions options, CancellationToken cancellationToken) =>
        client.WatchAsync<T>(null, options with { FieldSelector = fieldSelector }, cancellationToken);
}
