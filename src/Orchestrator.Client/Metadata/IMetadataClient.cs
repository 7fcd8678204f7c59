using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Client.Metadata;

/// <summary>An object of any kind, of which only the metadata is known.</summary>
public sealed record PartialObjectMetadata : KubernetesObject;

/// <summary>A kind the server offers, as discovery tells it.</summary>
/// <param name="Kind">Name of the kind, for owner references and messages.</param>
/// <param name="Verbs">What may be done with it.</param>
public sealed record DiscoveredResource(GroupVersionResource Resource, string Kind, bool Namespaced, IReadOnlyList<string> Verbs)
{
    public GroupVersionKind GroupVersionKind => new(Resource.Group, Resource.Version, Kind);

    public bool Supports(string verb) => Verbs.Contains(verb);
}

/// <summary>
/// Access to objects of any kind, also kinds this program was not built with, by their metadata alone. For what treats all kinds
/// alike: garbage collection, the emptying of namespaces.
/// </summary>
public interface IMetadataClient
{
    /// <summary>Every kind with a collection of its own, each in the version its group prefers.</summary>
    /// <exception cref="Api.Errors.ApiException">A group cannot be discovered; a partial answer would look like absent kinds.</exception>
    Task<IReadOnlyList<DiscoveredResource>> DiscoverAsync(CancellationToken cancellationToken);

    Task<PartialObjectMetadata> GetAsync(GroupVersionResource resource, string? @namespace, string name, CancellationToken cancellationToken);

    /// <param name="namespace">Null for all namespaces.</param>
    Task<KubernetesList<PartialObjectMetadata>> ListAsync(
        GroupVersionResource resource, string? @namespace, ListOptions options, CancellationToken cancellationToken);

    IAsyncEnumerable<WatchEvent<PartialObjectMetadata>> WatchAsync(
        GroupVersionResource resource, ListOptions options, CancellationToken cancellationToken);

    /// <summary>A JSON merge patch of the object.</summary>
    Task PatchAsync(GroupVersionResource resource, string? @namespace, string name, JsonNode mergePatch, CancellationToken cancellationToken);

    /// <returns>False when there was no such object.</returns>
    Task<bool> DeleteAsync(
        GroupVersionResource resource, string? @namespace, string name, DeleteOptions options, CancellationToken cancellationToken);

    Task DeleteCollectionAsync(
        GroupVersionResource resource, string @namespace, DeleteOptions options, CancellationToken cancellationToken);
}
