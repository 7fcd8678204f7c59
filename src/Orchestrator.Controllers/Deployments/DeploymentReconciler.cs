using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Client;
using Orchestrator.Client.Events;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Reconciling;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.Deployments;

internal sealed class DeploymentReconciler(
    IApiClient client, ILister<Deployment> deployments, ILister<ReplicaSet> replicaSets, ILister<Pod> pods, IEventRecorder events,
    TimeProvider time) : IReconciler
{
    private readonly Claims<Deployment, ReplicaSet> claims = new(client);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (deployments.Find(key) is not { Spec: not null } deployment)
            return ReconcileResult.Done;
        var selector = LabelMatcher.Of(deployment.Spec.Selector);
        if (selector.IsEverything)
        {
            events.Warning(deployment, "SelectingAll", "This deployment is selecting all pods. A non-empty selector is required.");
            return ReconcileResult.Done;
        }

        var candidates = replicaSets.List(key.Namespace);
        var own = await claims.SettleAsync(
            deployment, selector, candidates.Where(r => r.IsControlledBy(deployment)), candidates.Where(r => r.ControllerOwner() is null),
            cancellationToken);
        var plan = DeploymentPlan.Compute(deployment, own, r => pods.OwnedBy(r.Metadata.Uid).Any(p => !p.IsTerminated()), time.GetUtcNow());
        await ApplyAsync(deployment, plan, cancellationToken);
        if (!ApiEquality.Same(plan.Status, deployment.Status))
            await WriteStatusAsync(deployment, plan, cancellationToken);
        return ReconcileResult.DoneOrAfter(plan.NextCheck);
    }

    private async Task ApplyAsync(Deployment deployment, DeploymentPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Create is { } replicaSet)
            await CreateAsync(deployment, replicaSet, cancellationToken);
        foreach (var update in plan.Updates)
        {
            await client.UpdateAsync(update.To, cancellationToken);
            Announce(deployment, update);
        }

        foreach (var old in plan.Deletions)
        {
            var options = new DeleteOptions { Preconditions = new Preconditions { Uid = old.Metadata.Uid } };
            await client.DeleteAsync<ReplicaSet>(old.Metadata.Namespace, old.Metadata.Name!, options, cancellationToken);
        }

        if (plan.Revision is { } revision)
            await SetRevisionAsync(deployment, revision, cancellationToken);
    }

    private async Task CreateAsync(Deployment deployment, ReplicaSet replicaSet, CancellationToken cancellationToken)
    {
        try
        {
            var created = await client.CreateAsync(replicaSet, cancellationToken);
            if (Rollout.Size(created) > 0)
                Announce(deployment, new ReplicaSetUpdate(created with { Spec = created.Spec! with { Replicas = 0 } }, created));
        }
        catch (ApiException e) when (e.Reason == StatusReason.AlreadyExists)
        {
            await CountCollisionAsync(deployment, replicaSet, cancellationToken);
            throw;
        }
        catch (ApiException e) when (!e.IsNamespaceTerminating)
        {
            events.Warning(deployment, "ReplicaSetCreateError", $"Failed to create new replica set \"{replicaSet.Metadata.Name}\": {e.Message}");
            await SetCreateErrorAsync(deployment, replicaSet, e, cancellationToken);
            throw;
        }
    }

    /// <summary>The name is taken: by our own ReplicaSet, which the cache will show, or by another's, and then the next hash differs.</summary>
    private async Task CountCollisionAsync(Deployment deployment, ReplicaSet replicaSet, CancellationToken cancellationToken)
    {
        var taken = await client.GetAsync<ReplicaSet>(replicaSet.Metadata.Namespace, replicaSet.Metadata.Name!, cancellationToken);
        if (taken.IsControlledBy(deployment) && TemplateHash.SameTemplate(taken.Spec?.Template, deployment.Spec!.Template))
            return;
        var status = deployment.Status ?? new DeploymentStatus();
        await client.UpdateStatusAsync(
            deployment with { Status = status with { CollisionCount = (status.CollisionCount ?? 0) + 1 } }, cancellationToken);
    }

    private async Task SetCreateErrorAsync(Deployment deployment, ReplicaSet replicaSet, ApiException error, CancellationToken cancellationToken)
    {
        if (!DeploymentStatusBuilder.HasDeadline(deployment))
            return;
        var message = $"Failed to create new replica set \"{replicaSet.Metadata.Name}\": {error.Message}";
        var conditions = DeploymentConditions.With(
            deployment.Status?.Conditions, DeploymentConditions.Progressing, "False", "ReplicaSetCreateError", message, time.GetUtcNow());
        var status = (deployment.Status ?? new DeploymentStatus()) with { Conditions = conditions };
        if (!ApiEquality.Same(status, deployment.Status))
            await client.UpdateStatusAsync(deployment with { Status = status }, cancellationToken);
    }

    private Task SetRevisionAsync(Deployment deployment, long revision, CancellationToken cancellationToken)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = deployment.Metadata.Uid,
                ["annotations"] = new JsonObject { [Revisions.Revision] = revision.ToString(CultureInfo.InvariantCulture) },
            },
        };
        return client.PatchAsync<Deployment>(
            deployment.Metadata.Namespace, deployment.Metadata.Name!, PatchType.Merge, patch, null, cancellationToken);
    }

    private Task WriteStatusAsync(Deployment deployment, DeploymentPlan plan, CancellationToken cancellationToken)
    {
        // The revision was written a moment ago, so the resource version from the cache would conflict with ourselves.
        var metadata = plan.Revision is null ? deployment.Metadata : deployment.Metadata with { ResourceVersion = null };
        return client.UpdateStatusAsync(deployment with { Metadata = metadata, Status = plan.Status }, cancellationToken);
    }

    private void Announce(Deployment deployment, ReplicaSetUpdate update)
    {
        var (from, to) = (Rollout.Size(update.From), Rollout.Size(update.To));
        if (from != to)
            events.Normal(deployment, "ScalingReplicaSet", $"Scaled {(to > from ? "up" : "down")} replica set {update.To.Metadata.Name} from {from} to {to}");
    }
}
