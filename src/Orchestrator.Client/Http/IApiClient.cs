using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Client;

/// <summary>
/// The typed client of one API server. Paths come from each kind's declaration. Writes carry the current
/// <see cref="Causes.Cause"/>. Members may be called concurrently. Every refusal by the server is an
/// <see cref="Api.Errors.ApiException"/> with its Status; a server that cannot be reached is one with reason ServiceUnavailable.
/// </summary>
public interface IApiClient
{
    Task<T> GetAsync<T>(string? @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject;

    /// <param name="namespace">Null lists all namespaces.</param>
    Task<KubernetesList<T>> ListAsync<T>(string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject;

    /// <summary>
    /// Watches from <see cref="ListOptions.ResourceVersion"/>. Ends when the server ends the watch; an ERROR event is thrown as an
    /// <see cref="Api.Errors.ApiException"/> (410 Gone: list again).
    /// </summary>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject;

    Task<T> CreateAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject;

    /// <summary>Replaces an object; a resourceVersion in its metadata is a precondition.</summary>
    Task<T> UpdateAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject;

    Task<T> UpdateStatusAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject;

    /// <summary>Replaces by way of a subresource, such as a namespace's "finalize".</summary>
    Task<T> UpdateSubresourceAsync<T>(T item, string subresource, CancellationToken cancellationToken)
        where T : KubernetesObject;

    /// <param name="subresource">E.g. "status"; null patches the object itself.</param>
    Task<T> PatchAsync<T>(string? @namespace, string name, PatchType type, JsonNode patch, string? subresource, CancellationToken cancellationToken)
        where T : KubernetesObject;

    /// <summary>Deletes an object. False when it did not exist.</summary>
    Task<bool> DeleteAsync<T>(string? @namespace, string name, DeleteOptions? options, CancellationToken cancellationToken)
        where T : KubernetesObject;

    /// <summary>Posts to a subresource such as "binding", "eviction" or "token" of an object of kind <typeparamref name="TParent"/>.</summary>
    Task<TResult> CreateSubresourceAsync<TParent, TBody, TResult>(
        string? @namespace, string name, string subresource, TBody body, CancellationToken cancellationToken)
        where TParent : KubernetesObject;

    /// <summary>Any request below the server's root, for what has no typed form (logs, discovery, healthz). The caller disposes the answer.</summary>
    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken);
}

/// <summary>Options of list and watch; names and meanings are the API's.</summary>
public sealed record ListOptions
{
    public static ListOptions All { get; } = new();

    public string? LabelSelector { get; init; }
    public string? FieldSelector { get; init; }
    public string? ResourceVersion { get; init; }
    public string? ResourceVersionMatch { get; init; }
    public int? Limit { get; init; }
    public string? Continue { get; init; }
    public bool AllowWatchBookmarks { get; init; }
    public bool SendInitialEvents { get; init; }

    /// <summary>The server ends the watch after about this time.</summary>
    public TimeSpan? Timeout { get; init; }
}

public enum WatchEventType { Added, Modified, Deleted, Bookmark }

public readonly record struct WatchEvent<T>(WatchEventType Type, T Object);

public enum PatchType { Json, Merge, StrategicMerge, Apply }
