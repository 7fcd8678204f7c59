using Orchestrator.Api;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Controllers.Machinery;

/// <summary>References from objects to the controller objects that made them.</summary>
internal static class Owners
{
    public static OwnerReference ControllerReference<T>(T owner)
        where T : KubernetesObject => new()
        {
            ApiVersion = ResourceOf<T>.Kind.ApiVersion, Kind = ResourceOf<T>.Names.Kind, Name = owner.Metadata.Name, Uid = owner.Metadata.Uid,
            Controller = true, BlockOwnerDeletion = true,
        };

    /// <summary>The key of the owner if it is of this kind; whether it is still the same object only its uid tells.</summary>
    public static ObjectKey? ControllerKey<TOwner>(KubernetesObject item)
        where TOwner : KubernetesObject =>
        item.ControllerOwner() is { } owner && owner.Kind == ResourceOf<TOwner>.Names.Kind
            && GroupVersionKind.Parse(owner.ApiVersion ?? "", owner.Kind).Group == ResourceOf<TOwner>.Names.Group
            ? new ObjectKey(item.Metadata.Namespace ?? "", owner.Name ?? "")
            : null;

    public static bool IsControlledBy(this KubernetesObject item, KubernetesObject owner) => item.ControllerOwner()?.Uid == owner.Metadata.Uid;
}
