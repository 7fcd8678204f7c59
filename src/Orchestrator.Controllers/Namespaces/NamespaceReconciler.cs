using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Metadata;
using Orchestrator.Client.Reconciling;

namespace Orchestrator.Controllers.Namespaces;

/// <summary>
/// Deletes pods first and waits for them (KEP-5080): while they run they may need what else is in the namespace, such as the
/// network policies that fence them. Then everything else, of all kinds that the server offers.
/// </summary>
internal sealed class NamespaceReconciler(IApiClient client, IMetadataClient metadata, ILister<Namespace> namespaces, TimeProvider time) : IReconciler
{
    private const string Finalizer = "kubernetes";
    private static readonly DeleteOptions Background = new() { PropagationPolicy = "Background" };
    private static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (namespaces.Find(key) is not { Spec.Finalizers: { } finalizers } item || !item.IsBeingDeleted() || !finalizers.Contains(Finalizer))
            return ReconcileResult.Done;

        var content = new NamespaceContent();
        string? discoveryFailure = null;
        try
        {
            await EmptyAsync(key.Name, content, cancellationToken);
        }
        catch (ApiException e) when (e.Reason != StatusReason.ServiceUnavailable)
        {
            discoveryFailure = $"Discovery failed for some groups: {e.Message}";
        }

        if (content.IsEmpty && discoveryFailure is null)
        {
            await FinalizeAsync(item, cancellationToken);
            return ReconcileResult.Done;
        }

        var status = NamespaceConditions.StatusOf(item, content, discoveryFailure, time.GetUtcNow());
        if (!ApiEquality.Same(status, item.Status))
            await client.UpdateStatusAsync(item with { Status = status }, cancellationToken);
        return ReconcileResult.After(NextLook(item));
    }

    private async Task EmptyAsync(string @namespace, NamespaceContent content, CancellationToken cancellationToken)
    {
        var kinds = await metadata.DiscoverAsync(cancellationToken);
        var deletable = kinds.Where(k => k.Namespaced && k.Supports("list") && k.Supports("delete")).ToList();
        var pods = deletable.Find(k => k.Resource == ResourceOf<Pod>.Resource);
        if (pods is not null)
            await EmptyAsync(pods, @namespace, content, cancellationToken);
        if (!content.IsEmpty)
            return;
        foreach (var kind in deletable)
        {
            if (kind != pods)
                await EmptyAsync(kind, @namespace, content, cancellationToken);
        }
    }

    private async Task EmptyAsync(DiscoveredResource kind, string @namespace, NamespaceContent content, CancellationToken cancellationToken)
    {
        try
        {
            var before = await metadata.ListAsync(kind.Resource, @namespace, ListOptions.All, cancellationToken);
            if (before.Items.Count == 0)
                return;
            await DeleteAllAsync(kind, @namespace, before.Items, cancellationToken);
            content.Add(kind.Resource, (await metadata.ListAsync(kind.Resource, @namespace, ListOptions.All, cancellationToken)).Items);
        }
        catch (ApiException e) when (e.Reason is StatusReason.NotFound or StatusReason.MethodNotAllowed)
        {
            // The kind went away meanwhile, or cannot be listed after all.
        }
        catch (ApiException e) when (e.Reason != StatusReason.ServiceUnavailable)
        {
            content.Fail(kind.Resource, e.Message);
        }
    }

    private async Task DeleteAllAsync(
        DiscoveredResource kind, string @namespace, IReadOnlyList<PartialObjectMetadata> items, CancellationToken cancellationToken)
    {
        // What is going already needs no second push; a pod's grace period would only be asked for again.
        if (items.All(i => i.IsBeingDeleted()))
            return;
        if (kind.Supports("deletecollection"))
        {
            await metadata.DeleteCollectionAsync(kind.Resource, @namespace, Background, cancellationToken);
            return;
        }

        foreach (var item in items)
            await metadata.DeleteAsync(kind.Resource, @namespace, item.Metadata.Name!, Background, cancellationToken);
    }

    private Task FinalizeAsync(Namespace item, CancellationToken cancellationToken)
    {
        var rest = item.Spec!.Finalizers!.Where(f => f != Finalizer).ToList();
        return client.UpdateSubresourceAsync(item with { Spec = item.Spec with { Finalizers = rest } }, "finalize", cancellationToken);
    }

    /// <summary>A tenth of the time it takes already: soon at first, seldom when something is stuck.</summary>
    private TimeSpan NextLook(Namespace item)
    {
        var tenth = (time.GetUtcNow() - item.Metadata.DeletionTimestamp!.Value) / 10;
        return tenth < MinDelay ? MinDelay : tenth > MaxDelay ? MaxDelay : tenth;
    }
}
