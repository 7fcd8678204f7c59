using Orchestrator.Api;

namespace Orchestrator.ApiServer.Registry;

/// <summary>
/// In-process reads for authorizers, admission and strategies. Answers come from the watch cache: at most a moment old, never from
/// the store unless said. Thread-safe.
/// </summary>
public interface IRegistryReader
{
    /// <summary>The object, or null. Shared: not to be changed.</summary>
    /// <exception cref="Api.Errors.ApiException">500: what the store holds there cannot be read.</exception>
    T? Get<T>(string @namespace, string name)
        where T : KubernetesObject;

    /// <summary>
    /// All objects of a namespace, or of all namespaces when null, but for those that cannot be read: one broken binding or pod must
    /// not make the server refuse everything. A consistent snapshot.
    /// </summary>
    IReadOnlyList<T> List<T>(string? @namespace)
        where T : KubernetesObject;

    /// <summary>Grows with every change of this kind: lets callers keep what they computed from a list.</summary>
    long Version<T>()
        where T : KubernetesObject;

    /// <summary>The object as of now, read from the store itself; null when absent.</summary>
    ValueTask<T?> GetLatestAsync<T>(string @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject;

    /// <summary>Completes when the cache of this kind is filled for the first time.</summary>
    Task WaitForCacheAsync<T>(CancellationToken cancellationToken)
        where T : KubernetesObject;
}
