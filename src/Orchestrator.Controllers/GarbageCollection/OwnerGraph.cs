using Orchestrator.Api;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client.Metadata;

namespace Orchestrator.Controllers.GarbageCollection;

/// <summary>
/// Who owns whom, over all kinds. Fed by watches of every kind at once, so an owner may become known after its dependents. Members
/// may be called concurrently; nodes are to be read under <see cref="Read{T}"/> only.
/// </summary>
/// <param name="look">Called with the uid of each object that should be looked at, under the graph's lock.</param>
internal sealed class OwnerGraph(Action<string, long> look)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, GraphNode> nodes = [];

    public int Count
    {
        get
        {
            lock (gate)
                return nodes.Count;
        }
    }

    /// <summary>Reads one node consistently; the function must not keep it.</summary>
    public T Read<T>(string uid, Func<GraphNode?, T> read)
    {
        lock (gate)
            return read(nodes.GetValueOrDefault(uid));
    }

    /// <summary>
    /// Whether all owners of an object are known, where its references say, and here to stay: then there is nothing to ask the server.
    /// </summary>
    public bool HasOnlySolidOwners(string uid)
    {
        lock (gate)
            return nodes.TryGetValue(uid, out var node) && OwnersAreSolid(node);
    }

    /// <summary>Has an object looked at again.</summary>
    public void LookAt(string uid)
    {
        lock (gate)
            look(uid, 0);
    }

    public void Upsert(GroupVersionResource resource, PartialObjectMetadata item, long revision)
    {
        if (item.Metadata.Uid is not { } uid)
            return;
        lock (gate)
        {
            if (!nodes.TryGetValue(uid, out var node))
                nodes.Add(uid, node = new GraphNode(uid));
            var wasWaiting = (node.WaitsForDependents, node.WaitsForOrphaning);
            node.IsVirtual = false;
            node.Resource = resource;
            node.Key = item.Key();
            node.IsBeingDeleted = item.IsBeingDeleted();
            node.HasForegroundFinalizer = item.Metadata.Finalizers?.Contains(GraphNode.ForegroundFinalizer) == true;
            node.HasOrphanFinalizer = item.Metadata.Finalizers?.Contains(GraphNode.OrphanFinalizer) == true;
            var ownersChanged = SetOwners(node, item.Metadata.OwnerReferences ?? [], revision);
            if ((ownersChanged && !OwnersAreSolid(node)) || wasWaiting != (node.WaitsForDependents, node.WaitsForOrphaning))
                look(uid, revision);
            if (node.WaitsForDependents && !wasWaiting.WaitsForDependents)
                LookAt(node.Dependents, revision);
        }
    }

    /// <summary>An object is gone: its dependents have one owner less, and owners that waited for it may go.</summary>
    public void Remove(string uid, long revision)
    {
        lock (gate)
        {
            if (!nodes.Remove(uid, out var node))
                return;
            LookAt(node.Dependents, revision);
            foreach (var reference in node.OwnerReferences)
            {
                if (!nodes.TryGetValue(reference.Uid ?? "", out var owner))
                    continue;
                owner.Dependents.Remove(node);
                if (owner.WaitsForDependents)
                    look(owner.Uid, revision);
                DropIfUnused(owner);
            }

            // Dependents still name it: as a virtual owner it can be found absent.
            if (node.Dependents.Count > 0)
            {
                var trace = new GraphNode(uid) { IsVirtual = true, Resource = node.Resource, Key = node.Key };
                trace.Dependents.UnionWith(node.Dependents);
                nodes.Add(uid, trace);
            }
        }
    }

    /// <summary>Objects of a kind that were not in a new list are gone.</summary>
    public void RemoveAllBut(GroupVersionResource resource, IReadOnlySet<string> uids, long revision)
    {
        List<string> gone;
        lock (gate)
            gone = [.. nodes.Values.Where(n => n.Resource == resource && !n.IsVirtual && !uids.Contains(n.Uid)).Select(n => n.Uid)];
        foreach (var uid in gone)
            Remove(uid, revision);
    }

    private bool SetOwners(GraphNode node, IReadOnlyList<OwnerReference> owners, long revision)
    {
        if (node.OwnerReferences.SequenceEqual(owners))
            return false;
        foreach (var old in node.OwnerReferences)
        {
            if (!nodes.TryGetValue(old.Uid ?? "", out var owner))
                continue;
            if (!owners.Any(o => o.Uid == old.Uid))
            {
                owner.Dependents.Remove(node);
                DropIfUnused(owner);
            }

            // It may have been the last one that blocked the owner.
            if (owner.WaitsForDependents)
                look(owner.Uid, revision);
        }

        node.OwnerReferences = owners;
        foreach (var reference in owners)
        {
            if (string.IsNullOrEmpty(reference.Uid))
                continue;
            if (!nodes.TryGetValue(reference.Uid, out var owner))
                nodes.Add(reference.Uid, owner = new GraphNode(reference.Uid) { IsVirtual = true });
            owner.Dependents.Add(node);
        }

        return true;
    }

    private bool OwnersAreSolid(GraphNode node)
    {
        foreach (var reference in node.OwnerReferences)
        {
            if (!nodes.TryGetValue(reference.Uid ?? "", out var owner) || owner.IsVirtual || owner.WaitsForDependents
                || owner.Key.Name != reference.Name || (owner.Key.Namespace.Length > 0 && owner.Key.Namespace != node.Key.Namespace))
                return false;
        }

        return true;
    }

    private void DropIfUnused(GraphNode node)
    {
        if (node is { IsVirtual: true, Dependents.Count: 0 })
            nodes.Remove(node.Uid);
    }

    private void LookAt(IEnumerable<GraphNode> many, long revision)
    {
        foreach (var node in many)
            look(node.Uid, revision);
    }
}
