using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Client;
using Orchestrator.Client.Events;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Reconciling;

namespace Orchestrator.Controllers.Nodes;

/// <summary>
/// The ranges in use are read from the nodes each time, so there is no second book to keep. What this process has just given away
/// is remembered until the cache shows it.
/// </summary>
internal sealed class NodeIpamReconciler(IApiClient client, ILister<Node> nodes, PodRanges ranges, IEventRecorder events) : IReconciler
{
    private readonly Dictionary<ObjectKey, string> given = [];

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        given.Remove(key);
        if (nodes.Find(key) is not { } node || !string.IsNullOrEmpty(node.Spec?.PodCIDR) || node.IsBeingDeleted())
            return ReconcileResult.Done;

        var used = nodes.List().Select(n => n.Spec?.PodCIDR ?? "").Concat(given.Values).ToHashSet();
        if (ranges.FindFree(used) is not { } range)
        {
            events.Warning(node, "CIDRNotAvailable", $"Node {key.Name} status is now: CIDRNotAvailable");
            throw new TerminalException($"all {ranges.Count} pod ranges are in use");
        }

        given[key] = range;
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = node.Metadata.Uid },
            ["spec"] = new JsonObject { ["podCIDR"] = range, ["podCIDRs"] = new JsonArray(range) },
        };
        await client.PatchAsync<Node>(null, key.Name, PatchType.Merge, patch, null, cancellationToken);
        return ReconcileResult.Done;
    }
}
