using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Coordination.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Serialization;
using Orchestrator.Client;
using Orchestrator.Client.Events;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Reconciling;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.Nodes;

internal sealed class NodeLifecycleReconciler(
    IApiClient client, ILister<Node> nodes, Func<string, Lease?> leaseOf, ILister<Pod> pods, NodeHealth health, IEventRecorder events,
    TimeProvider time) : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (nodes.Find(key) is not { } node)
        {
            health.Forget(key.Name);
            return ReconcileResult.Done;
        }

        var timeLeft = health.TimeLeft(node, leaseOf(key.Name));
        if (timeLeft <= TimeSpan.Zero)
            node = await MarkSilentAsync(node, cancellationToken);
        if (NodePlan.TaintsOf(node, time.GetUtcNow()) is { } taints)
            await WriteTaintsAsync(node, taints, cancellationToken);
        if (NodeFacts.Ready(node)?.Status == "Unknown")
            await MarkPodsNotReadyAsync(node, cancellationToken);
        return timeLeft > TimeSpan.Zero ? ReconcileResult.After(timeLeft) : ReconcileResult.Done;
    }

    private async Task<Node> MarkSilentAsync(Node node, CancellationToken cancellationToken)
    {
        if (NodeFacts.Ready(node)?.Status == "Unknown")
            return node;
        events.Normal(node, "NodeNotReady", $"Node {node.Metadata.Name} status is now: NodeNotReady");
        var status = (node.Status ?? new NodeStatus()) with { Conditions = NodePlan.ConditionsOfSilent(node, time.GetUtcNow()) };
        return await client.UpdateStatusAsync(node with { Status = status }, cancellationToken);
    }

    private Task WriteTaintsAsync(Node node, IReadOnlyList<Taint> taints, CancellationToken cancellationToken)
    {
        var list = new JsonArray();
        foreach (var taint in taints)
        {
            var entry = new JsonObject { ["key"] = taint.Key, ["effect"] = taint.Effect };
            if (taint.Value is not null)
                entry["value"] = taint.Value;
            if (taint.TimeAdded is { } added)
                entry["timeAdded"] = TimeConverter.Format(added);
            list.Add(entry);
        }

        // The list is replaced as a whole, so it must not be built on an old one.
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = node.Metadata.ResourceVersion },
            ["spec"] = new JsonObject { ["taints"] = list },
        };
        return client.PatchAsync<Node>(null, node.Metadata.Name!, PatchType.Merge, patch, null, cancellationToken);
    }

    /// <summary>Nobody else can say that pods of an unreachable node do not serve; Services leave them out from now on.</summary>
    private async Task MarkPodsNotReadyAsync(Node node, CancellationToken cancellationToken)
    {
        foreach (var pod in pods.OnNode(node.Metadata.Name!))
        {
            if (!pod.IsReady() || pod.IsTerminated())
                continue;
            var conditions = pod.Status!.Conditions!.Select(c =>
                c.Type == "Ready" ? c with { Status = "False", Reason = "NodeNotReady", LastTransitionTime = time.GetUtcNow() } : c);
            await client.UpdateStatusAsync(pod with { Status = pod.Status with { Conditions = [.. conditions] } }, cancellationToken);
            events.Warning(pod, "NodeNotReady", "Node is not ready");
        }
    }
}
