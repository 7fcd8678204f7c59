using System.Collections.Concurrent;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Client.Events;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Reconciling;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.Nodes;

internal sealed class TaintEvictionReconciler(
    IApiClient client, ILister<Pod> pods, ILister<Node> nodes, IEventRecorder events, TimeProvider time) : IReconciler
{
    private const string Message = "Taint manager: deleting due to NoExecute taint";

    /// <summary>Since when each pod has been on a tainted node, for taints that do not say when they were added.</summary>
    private readonly ConcurrentDictionary<ObjectKey, DateTimeOffset> since = new();

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (pods.Find(key) is not { } pod || pod.IsBeingDeleted() || pod.IsTerminated()
            || nodes.Find(new ObjectKey("", pod.Spec?.NodeName ?? "")) is not { } node || !TaintEvictionController.HasNoExecute(node))
        {
            since.TryRemove(key, out _);
            return ReconcileResult.Done;
        }

        var now = time.GetUtcNow();
        var taints = node.Spec!.Taints!.Where(t => t.Effect == Tolerations.NoExecute).ToList();
        if (Tolerations.ToleratedFor(pod.Spec?.Tolerations, taints) is not { } limit)
            return ReconcileResult.Done;
        var start = taints.Max(t => t.TimeAdded) ?? since.GetOrAdd(key, now);
        if (start + limit is var evictAt && evictAt > now)
            return ReconcileResult.After(evictAt - now);

        await EvictAsync(pod, cancellationToken);
        return ReconcileResult.Done;
    }

    private async Task EvictAsync(Pod pod, CancellationToken cancellationToken)
    {
        events.Normal(pod, "TaintManagerEviction", $"Marking for deletion Pod {pod.Key()}");
        var condition = new PodCondition
        {
            Type = "DisruptionTarget", Status = "True", Reason = "DeletionByTaintManager", Message = Message, LastTransitionTime = time.GetUtcNow(),
        };
        var status = pod.Status ?? new PodStatus();
        var conditions = (status.Conditions ?? []).Where(c => c.Type != condition.Type).Append(condition);
        await client.UpdateStatusAsync(pod with { Status = status with { Conditions = [.. conditions] } }, cancellationToken);
        var options = new DeleteOptions { Preconditions = new Preconditions { Uid = pod.Metadata.Uid } };
        await client.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name!, options, cancellationToken);
    }
}
