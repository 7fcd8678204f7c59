using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Client;

namespace Orchestrator.Controllers.Machinery;

/// <summary>
/// Settles which objects belong to an owner with a selector: orphans that match are adopted, owned ones that no longer match are
/// released. Nothing is adopted by an owner that is going, or that has been replaced by another of its name.
/// </summary>
internal sealed class Claims<TOwner, TOwned>(IApiClient client)
    where TOwner : KubernetesObject
    where TOwned : KubernetesObject
{
    /// <param name="owned">Objects the owner controls now.</param>
    /// <param name="orphans">Objects of the namespace that nobody controls.</param>
    /// <returns>What belongs to the owner afterwards.</returns>
    public async Task<List<TOwned>> SettleAsync(
        TOwner owner, LabelMatcher selector, IEnumerable<TOwned> owned, IEnumerable<TOwned> orphans, CancellationToken cancellationToken)
    {
        var result = new List<TOwned>();
        foreach (var item in owned)
        {
            if (owner.IsBeingDeleted() || selector.Matches(item.Metadata.Labels))
                result.Add(item);
            else
                await ReleaseAsync(owner, item, cancellationToken);
        }

        if (owner.IsBeingDeleted())
            return result;
        var isConfirmed = false;
        foreach (var item in orphans)
        {
            if (item.IsBeingDeleted() || !selector.Matches(item.Metadata.Labels))
                continue;
            isConfirmed = isConfirmed || await IsStillThereAsync(owner, cancellationToken);
            if (isConfirmed && await AdoptAsync(owner, item, cancellationToken) is { } adopted)
                result.Add(adopted);
        }

        return result;
    }

    /// <summary>Asks the server: a cache may still show an owner that is gone.</summary>
    private async Task<bool> IsStillThereAsync(TOwner owner, CancellationToken cancellationToken)
    {
        var fresh = await client.GetAsync<TOwner>(owner.Metadata.Namespace, owner.Metadata.Name!, cancellationToken);
        return fresh.Metadata.Uid == owner.Metadata.Uid && !fresh.IsBeingDeleted();
    }

    private Task<TOwned?> AdoptAsync(TOwner owner, TOwned item, CancellationToken cancellationToken)
    {
        var reference = Owners.ControllerReference(owner);
        return PatchAsync(item, new JsonObject
        {
            ["apiVersion"] = reference.ApiVersion, ["kind"] = reference.Kind, ["name"] = reference.Name, ["uid"] = reference.Uid,
            ["controller"] = true, ["blockOwnerDeletion"] = true,
        }, cancellationToken);
    }

    private Task<TOwned?> ReleaseAsync(TOwner owner, TOwned item, CancellationToken cancellationToken) =>
        PatchAsync(item, new JsonObject { ["$patch"] = "delete", ["uid"] = owner.Metadata.Uid }, cancellationToken);

    private async Task<TOwned?> PatchAsync(TOwned item, JsonObject reference, CancellationToken cancellationToken)
    {
        // The uid makes sure that it is not another object of the same name by now.
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = item.Metadata.Uid, ["ownerReferences"] = new JsonArray(reference) },
        };
        try
        {
            return await client.PatchAsync<TOwned>(
                item.Metadata.Namespace, item.Metadata.Name!, PatchType.StrategicMerge, patch, null, cancellationToken);
        }
        catch (ApiException e) when (e.Reason is StatusReason.NotFound or StatusReason.Invalid)
        {
            // Gone, or taken by another owner meanwhile (an object has one controller at most).
            return null;
        }
    }
}
