using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client.Causes;
using Orchestrator.Client.Events;
using Orchestrator.Client.Metadata;
using Orchestrator.Client.Reconciling;

namespace Orchestrator.Controllers.GarbageCollection;

/// <summary>
/// Looks at one object: is it to go because its owners are gone, does it wait for dependents, are its dependents to be orphaned?
/// Every deletion rests on what the server says now, not on the graph, which may be old.
/// </summary>
internal sealed partial class GarbageReconciler(
    IMetadataClient client, OwnerGraph graph, KindCatalog kinds, IEventRecorder events, ILogger<GarbageReconciler> logger) : IReconciler
{
    /// <summary>A kind may become known at the next discovery.</summary>
    private static readonly TimeSpan UnknownKindDelay = TimeSpan.FromSeconds(30);

    private sealed record View(GroupVersionResource Resource, ObjectKey Key, bool WaitsForDependents, bool WaitsForOrphaning, bool IsBeingDeleted);

    private sealed record Dependent(string Uid, GroupVersionResource Resource, ObjectKey Key, bool Blocks, bool WaitsForDependents);

    private enum OwnerState { Solid, Absent, Waiting }

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var uid = key.Name;
        var view = graph.Read(uid, static n => n is null or { IsVirtual: true }
            ? null
            : new View(n.Resource, n.Key, n.WaitsForDependents, n.WaitsForOrphaning, n.IsBeingDeleted));
        if (view is null)
            return ReconcileResult.Done;
        Cause.Current = Cause.Current is { } cause ? cause with { Object = $"{view.Resource.ApiVersion}/{view.Resource.Resource}/{view.Key}" } : null;

        if (view.WaitsForOrphaning)
            await OrphanDependentsAsync(uid, view, cancellationToken);
        else if (view.WaitsForDependents)
            await FinishForegroundAsync(uid, view, cancellationToken);
        else if (!view.IsBeingDeleted && !graph.HasOnlySolidOwners(uid))
            return await CollectAsync(uid, view, cancellationToken);
        return ReconcileResult.Done;
    }

    private async Task<ReconcileResult> CollectAsync(string uid, View view, CancellationToken cancellationToken)
    {
        if (await FindAsync(view.Resource, view.Key, uid, cancellationToken) is not { } live)
        {
            // The watch has not told yet, or never will because the kind went away.
            graph.Remove(uid, 0);
            return ReconcileResult.Done;
        }

        var owners = live.Metadata.OwnerReferences ?? [];
        if (owners.Count == 0 || live.IsBeingDeleted())
            return ReconcileResult.Done;
        if (owners.FirstOrDefault(o => kinds.Find(o.ApiVersion, o.Kind) is null) is { } strange)
        {
            LogUnknownKind(view.Resource.QualifiedResource, view.Key, strange.ApiVersion, strange.Kind);
            return ReconcileResult.After(UnknownKindDelay);
        }

        var states = new List<(OwnerReference Owner, OwnerState State)>();
        foreach (var owner in owners)
            states.Add((owner, await StateOfAsync(owner, live, view, cancellationToken)));

        if (states.Exists(s => s.State == OwnerState.Solid))
            await DropOwnersAsync(view, live, [.. states.Where(s => s.State != OwnerState.Solid).Select(s => s.Owner)], cancellationToken);
        else
            await DeleteAsync(uid, view, live, states.Exists(s => s.State == OwnerState.Waiting), cancellationToken);
        return ReconcileResult.Done;
    }

    private async Task<OwnerState> StateOfAsync(OwnerReference owner, PartialObjectMetadata item, View view, CancellationToken cancellationToken)
    {
        var kind = kinds.Find(owner.ApiVersion, owner.Kind)!;
        if (kind.Namespaced && view.Key.Namespace.Length == 0)
        {
            ReportCrossNamespace(owner, item);
            return OwnerState.Solid;
        }

        var ownerKey = new ObjectKey(kind.Namespaced ? view.Key.Namespace : "", owner.Name ?? "");
        var known = graph.Read(owner.Uid ?? "", n => n is null or { IsVirtual: true }
            ? ((bool Waits, ObjectKey Key)?)null
            : (n.WaitsForDependents, n.Key));
        if (known is { } observed && observed.Key == ownerKey)
            return observed.Waits ? OwnerState.Waiting : OwnerState.Solid;
        if (known is not null)
            ReportCrossNamespace(owner, item);
        if (await FindAsync(kind.Resource, ownerKey, owner.Uid, cancellationToken) is not { } live)
            return OwnerState.Absent;
        return live.IsBeingDeleted() && live.Metadata.Finalizers?.Contains(GraphNode.ForegroundFinalizer) == true
            ? OwnerState.Waiting
            : OwnerState.Solid;
    }

    private async Task DeleteAsync(string uid, View view, PartialObjectMetadata live, bool isForeground, CancellationToken cancellationToken)
    {
        var dependents = DependentsOf(uid);
        if (isForeground && dependents.Count > 0)
        {
            // A dependent that itself waits for this object would wait for ever: such a circle is cut here.
            if (dependents.Exists(d => d.WaitsForDependents))
                await UnblockOwnersAsync(view, live, cancellationToken);
        }

        var policy = live.Metadata.Finalizers?.Contains(GraphNode.OrphanFinalizer) == true ? "Orphan"
            : (isForeground && dependents.Count > 0) || live.Metadata.Finalizers?.Contains(GraphNode.ForegroundFinalizer) == true ? "Foreground"
            : "Background";
        LogDeleting(view.Resource.QualifiedResource, view.Key, policy);
        await DeleteAsync(view, uid, policy, cancellationToken);
    }

    private async Task DeleteAsync(View view, string uid, string policy, CancellationToken cancellationToken)
    {
        var options = new DeleteOptions { PropagationPolicy = policy, Preconditions = new Preconditions { Uid = uid } };
        try
        {
            await client.DeleteAsync(view.Resource, NamespaceOf(view.Key), view.Key.Name, options, cancellationToken);
        }
        catch (ApiException e) when (e.Reason == StatusReason.Conflict)
        {
            // Another object of that name: this one is gone.
        }
    }

    /// <summary>An object deleted in the foreground goes when nothing blocks it any more; what does is deleted.</summary>
    private async Task FinishForegroundAsync(string uid, View view, CancellationToken cancellationToken)
    {
        var blocking = DependentsOf(uid).Where(d => d.Blocks).ToList();
        if (blocking.Count == 0)
        {
            await RemoveFinalizerAsync(uid, view, GraphNode.ForegroundFinalizer, cancellationToken);
            return;
        }

        foreach (var dependent in blocking)
        {
            if (!dependent.WaitsForDependents)
                graph.LookAt(dependent.Uid);
        }
    }

    private async Task OrphanDependentsAsync(string uid, View view, CancellationToken cancellationToken)
    {
        foreach (var dependent in DependentsOf(uid))
        {
            if (await FindAsync(dependent.Resource, dependent.Key, dependent.Uid, cancellationToken) is { } live)
            {
                var target = new View(dependent.Resource, dependent.Key, false, false, false);
                await DropOwnersAsync(target, live, [.. (live.Metadata.OwnerReferences ?? []).Where(o => o.Uid == uid)], cancellationToken);
            }
        }

        await RemoveFinalizerAsync(uid, view, GraphNode.OrphanFinalizer, cancellationToken);
    }

    private async Task RemoveFinalizerAsync(string uid, View view, string finalizer, CancellationToken cancellationToken)
    {
        if (await FindAsync(view.Resource, view.Key, uid, cancellationToken) is not { } live
            || live.Metadata.Finalizers?.Contains(finalizer) != true)
            return;
        var rest = new JsonArray([.. live.Metadata.Finalizers.Where(f => f != finalizer).Select(f => (JsonNode)f)]);
        await PatchAsync(view, live, "finalizers", rest, cancellationToken);
    }

    private async Task DropOwnersAsync(View view, PartialObjectMetadata live, IReadOnlyList<OwnerReference> owners, CancellationToken cancellationToken)
    {
        if (owners.Count == 0)
            return;
        var rest = live.Metadata.OwnerReferences!.Where(o => !owners.Any(gone => gone.Uid == o.Uid));
        await PatchAsync(view, live, "ownerReferences", ToJson(rest), cancellationToken);
    }

    private Task UnblockOwnersAsync(View view, PartialObjectMetadata live, CancellationToken cancellationToken) => PatchAsync(
        view, live, "ownerReferences", ToJson(live.Metadata.OwnerReferences!.Select(o => o with { BlockOwnerDeletion = false })), cancellationToken);

    /// <summary>The list is replaced as a whole, on condition that nobody changed the object since it was read.</summary>
    private async Task PatchAsync(View view, PartialObjectMetadata live, string field, JsonArray list, CancellationToken cancellationToken)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = live.Metadata.ResourceVersion, ["uid"] = live.Metadata.Uid, [field] = list },
        };
        try
        {
            await client.PatchAsync(view.Resource, NamespaceOf(view.Key), view.Key.Name, patch, cancellationToken);
        }
        catch (ApiException e) when (e.Reason == StatusReason.NotFound)
        {
            // Gone meanwhile, which is as good.
        }
    }

    private async Task<PartialObjectMetadata?> FindAsync(GroupVersionResource resource, ObjectKey key, string? uid, CancellationToken cancellationToken)
    {
        try
        {
            var live = await client.GetAsync(resource, NamespaceOf(key), key.Name, cancellationToken);
            return live.Metadata.Uid == uid ? live : null;
        }
        catch (ApiException e) when (e.Reason == StatusReason.NotFound)
        {
            return null;
        }
    }

    private List<Dependent> DependentsOf(string uid) => graph.Read(uid, n => n is null
        ? []
        : n.Dependents.Select(d => new Dependent(d.Uid, d.Resource, d.Key, d.Blocks(uid), d.WaitsForDependents)).ToList());

    private void ReportCrossNamespace(OwnerReference owner, PartialObjectMetadata item) => events.Record(
        new ObjectReference { ApiVersion = item.ApiVersion, Kind = item.Kind, Namespace = item.Metadata.Namespace, Name = item.Metadata.Name, Uid = item.Metadata.Uid },
        EventTypes.Warning, "OwnerRefInvalidNamespace",
        $"ownerRef [{owner.ApiVersion}/{owner.Kind}, namespace: {item.Metadata.Namespace}, name: {owner.Name}, uid: {owner.Uid}] does not exist in namespace \"{item.Metadata.Namespace}\"");

    private static JsonArray ToJson(IEnumerable<OwnerReference> owners)
    {
        var result = new JsonArray();
        foreach (var owner in owners)
        {
            var entry = new JsonObject
            {
                ["apiVersion"] = owner.ApiVersion, ["kind"] = owner.Kind, ["name"] = owner.Name, ["uid"] = owner.Uid,
            };
            if (owner.Controller is { } controller)
                entry["controller"] = controller;
            if (owner.BlockOwnerDeletion is { } blocks)
                entry["blockOwnerDeletion"] = blocks;
            result.Add(entry);
        }

        return result;
    }

    private static string? NamespaceOf(ObjectKey key) => key.Namespace.Length == 0 ? null : key.Namespace;

    [LoggerMessage(LogLevel.Debug, "An owner of {Resource} {Key} is of kind {ApiVersion} {Kind}, which the server does not know (yet)")]
    private partial void LogUnknownKind(string resource, ObjectKey key, string? apiVersion, string? kind);

    [LoggerMessage(LogLevel.Debug, "Deleting {Resource} {Key}, whose owners are gone ({Policy})")]
    private partial void LogDeleting(string resource, ObjectKey key, string policy);
}
