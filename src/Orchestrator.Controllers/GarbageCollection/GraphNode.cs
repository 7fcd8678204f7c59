using Orchestrator.Api;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Controllers.GarbageCollection;

/// <summary>
/// An object in the graph of owners, with only what ownership needs. One that others name as owner but that no watch has shown is
/// virtual: it may be too new, or gone.
/// </summary>
internal sealed class GraphNode(string uid)
{
    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";

    public string Uid { get; } = uid;

    public GroupVersionResource Resource { get; set; }

    public ObjectKey Key { get; set; }

    public bool IsVirtual { get; set; }

    public IReadOnlyList<OwnerReference> OwnerReferences { get; set; } = [];

    public HashSet<GraphNode> Dependents { get; } = [];

    public bool IsBeingDeleted { get; set; }

    public bool HasForegroundFinalizer { get; set; }

    public bool HasOrphanFinalizer { get; set; }

    /// <summary>Deleted in the foreground: it goes when its dependents are gone.</summary>
    public bool WaitsForDependents => IsBeingDeleted && HasForegroundFinalizer;

    public bool WaitsForOrphaning => IsBeingDeleted && HasOrphanFinalizer;

    /// <summary>Whether this object keeps the owner from going while that is deleted in the foreground.</summary>
    public bool Blocks(string ownerUid)
    {
        foreach (var owner in OwnerReferences)
        {
            if (owner.Uid == ownerUid)
                return owner.BlockOwnerDeletion == true;
        }

        return false;
    }

    public override string ToString() => $"{Resource.QualifiedResource} {Key}";
}
