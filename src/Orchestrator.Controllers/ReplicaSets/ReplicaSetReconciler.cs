using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Selectors;
using Orchestrator.Client;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Reconciling;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.ReplicaSets;

internal sealed class ReplicaSetReconciler(
    IApiClient client, ILister<ReplicaSet> replicaSets, ILister<Pod> pods, PodControl podControl, TimeProvider time) : IReconciler
{
    private readonly Claims<ReplicaSet, Pod> claims = new(client);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (replicaSets.Find(key) is not { Spec: not null } replicaSet)
            return ReconcileResult.Done;

        var own = await claims.SettleAsync(
            replicaSet, LabelMatcher.Of(replicaSet.Spec.Selector), pods.OwnedBy(replicaSet.Metadata.Uid),
            pods.Orphans(replicaSet.Metadata.Namespace).Where(p => p.IsActive()), cancellationToken);
        var plan = ReplicaSetPlan.Compute(replicaSet, own, Related(replicaSet, own), time.GetUtcNow());
        var failure = await ApplyAsync(replicaSet, plan, cancellationToken);

        var status = plan.Status with { Conditions = ReplicaFailure.Update(plan.Status.Conditions, plan, failure, time.GetUtcNow()) };
        if (!ApiEquality.Same(status, replicaSet.Status))
            await client.UpdateStatusAsync(replicaSet with { Status = status }, cancellationToken);
        if (failure is not null)
            throw failure;
        return ReconcileResult.DoneOrAfter(plan.NextCheck);
    }

    private async Task<Exception?> ApplyAsync(ReplicaSet replicaSet, ReplicaSetPlan plan, CancellationToken cancellationToken)
    {
        var (_, failure) = plan.Create > 0
            ? await SlowStart.RunAsync(plan.Create, () => podControl.CreateAsync(replicaSet, replicaSet.Spec!.Template!, cancellationToken))
            : await SlowStart.AllAsync(plan.Delete.Select(pod => podControl.DeleteAsync(replicaSet, pod, cancellationToken)));
        return failure;
    }

    /// <summary>Pods of the ReplicaSets that share this one's owner: during a rollout, old and new replicas together.</summary>
    private IReadOnlyCollection<Pod> Related(ReplicaSet replicaSet, List<Pod> own)
    {
        if (replicaSet.ControllerOwner() is not { } owner)
            return own;
        var related = new List<Pod>();
        foreach (var sibling in replicaSets.List(replicaSet.Metadata.Namespace ?? ""))
        {
            if (sibling.ControllerOwner()?.Uid == owner.Uid)
                related.AddRange(pods.OwnedBy(sibling.Metadata.Uid));
        }

        return related;
    }
}
