using System.Collections.Frozen;
using Orchestrator.Api;

namespace Orchestrator.ApiServer.Registry;

/// <summary>Every kind that is served. Immutable after construction.</summary>
public sealed class ResourceRegistry
{
    private readonly FrozenDictionary<GroupVersionResource, ResourceDefinition> byResource;
    private readonly FrozenDictionary<Type, ResourceDefinition> byType;
    private readonly FrozenDictionary<GroupVersionKind, ResourceDefinition> byKind;

    /// <exception cref="InvalidOperationException">Two definitions claim the same resource.</exception>
    public ResourceRegistry(IEnumerable<ResourceDefinition> definitions)
    {
        All = [.. definitions];
        var resources = new Dictionary<GroupVersionResource, ResourceDefinition>();
        foreach (var definition in All)
        {
            if (!resources.TryAdd(definition.Resource, definition))
                throw new InvalidOperationException($"{definition.Resource.QualifiedResource} is declared twice");
        }

        byResource = resources.ToFrozenDictionary();
        byType = All.ToFrozenDictionary(one => one.RecordType);
        byKind = All.ToFrozenDictionary(one => one.Kind);
    }

    /// <summary>In the order of declaration.</summary>
    public IReadOnlyList<ResourceDefinition> All { get; }

    public ResourceDefinition? Find(GroupVersionResource resource) => byResource.GetValueOrDefault(resource);

    public ResourceDefinition? Find(GroupVersionKind kind) => byKind.GetValueOrDefault(kind);

    /// <exception cref="InvalidOperationException">The kind is not served.</exception>
    public ResourceDefinition Of<T>()
        where T : KubernetesObject =>
        byType.GetValueOrDefault(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T)} is not served");
}
