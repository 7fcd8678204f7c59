using Orchestrator.Api;
using Orchestrator.Api.Meta.V1;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Http;

namespace Orchestrator.ApiServer.Registry;

/// <summary>
/// In-process writes: bootstrap objects, allocations, bindings, evictions. They take the same path as requests (defaults,
/// admission, validation, causes), without authorization. Thread-safe.
/// </summary>
public interface IRegistryWriter
{
    /// <summary>Writes on behalf of a request: with its cause, its field manager, and for trial only if it is a dry run.</summary>
    IRegistryWriter On(RequestContext origin);

    /// <exception cref="Api.Errors.ApiException">AlreadyExists, Invalid, or a refusal by admission.</exception>
    Task<T> CreateAsync<T>(T item, UserInfo user, CancellationToken cancellationToken)
        where T : KubernetesObject;

    /// <summary>
    /// Reads the object, applies <paramref name="change"/> and writes it with compare-and-swap, again and again until no other
    /// writer was faster. Returning the same instance changes nothing.
    /// </summary>
    /// <param name="subresource">Empty, a view such as "status", or one of the kind's internal views.</param>
    /// <exception cref="Api.Errors.ApiException">NotFound, Invalid, or what <paramref name="change"/> throws.</exception>
    Task<T> UpdateAsync<T>(string @namespace, string name, string subresource, Func<T, T> change, UserInfo user, CancellationToken cancellationToken)
        where T : KubernetesObject;

    /// <summary>Deletes as a DELETE request would. False when the object did not exist.</summary>
    Task<bool> DeleteAsync<T>(string @namespace, string name, DeleteOptions? options, UserInfo user, CancellationToken cancellationToken)
        where T : KubernetesObject;
}
