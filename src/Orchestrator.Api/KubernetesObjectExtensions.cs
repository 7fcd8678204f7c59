using System.Reflection;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api;

/// <summary>What can be asked of, and changed on, an object of any kind.</summary>
public static class KubernetesObjectExtensions
{
    /// <summary>A copy with other metadata.</summary>
    public static T WithMetadata<T>(this T item, ObjectMeta metadata)
        where T : KubernetesObject => (T)((KubernetesObject)item with { Metadata = metadata });

    public static ObjectKey Key(this KubernetesObject item) => ObjectKey.Of(item);

    public static bool IsBeingDeleted(this KubernetesObject item) => item.Metadata.DeletionTimestamp is not null;

    /// <summary>The owner reference marked as controller, if any.</summary>
    public static OwnerReference? ControllerOwner(this KubernetesObject item)
    {
        foreach (var owner in item.Metadata.OwnerReferences ?? [])
        {
            if (owner.Controller == true)
                return owner;
        }

        return null;
    }
}

/// <summary>Names of a kind as declared on its record. Read once per type.</summary>
public static class ResourceOf<T>
    where T : KubernetesObject
{
    public static ResourceAttribute Names { get; } = typeof(T).GetCustomAttribute<ResourceAttribute>()
        ?? throw new InvalidOperationException($"{typeof(T)} is not declared as a resource");

    public static GroupVersionResource Resource { get; } = new(Names.Group, Names.Version, Names.Plural);

    public static GroupVersionKind Kind { get; } = new(Names.Group, Names.Version, Names.Kind);
}
