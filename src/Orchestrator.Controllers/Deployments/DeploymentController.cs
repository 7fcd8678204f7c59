using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Client.Informers;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.Deployments;

/// <summary>
/// Rolls a Deployment's template out over ReplicaSets. Watches Deployments, ReplicaSets for the Deployment that owns or could adopt
/// them, and the end of pods, which a Recreate waits for.
/// </summary>
internal static class DeploymentController
{
    public const string Name = "deployment";

    public static IController Create(ControllerContext context)
    {
        var controller = new Controller(context, new() { Name = Name, Resource = ResourceOf<Deployment>.Resource, Workers = context.Options.Workers });
        var deployments = controller.WatchOwn<Deployment>().Lister;
        var replicaSets = controller.Watch<ReplicaSet>(change => KeysOf(change, deployments)).Lister;
        context.Informers.For<Pod>().WithOwners();
        var pods = controller.Watch<Pod>(change => KeysOf(change, deployments, replicaSets)).Lister;
        return controller.ReconcileWith(new DeploymentReconciler(
            context.Client, deployments, replicaSets, pods, context.Events.For("deployment-controller"), context.Time));
    }

    private static IEnumerable<ObjectKey> KeysOf(InformerChange<ReplicaSet> change, ILister<Deployment> deployments)
    {
        if (change.Old is { } old && Owners.ControllerKey<Deployment>(old) is { } before)
            yield return before;
        if (change.New is not { } replicaSet)
            yield break;
        if (replicaSet.ControllerOwner() is not null)
        {
            if (Owners.ControllerKey<Deployment>(replicaSet) is { } now)
                yield return now;
            yield break;
        }

        foreach (var deployment in deployments.List(replicaSet.Metadata.Namespace ?? ""))
        {
            if (LabelMatcher.Of(deployment.Spec?.Selector) is { IsEverything: false } selector && selector.Matches(replicaSet.Metadata.Labels))
                yield return deployment.Key();
        }
    }

    /// <summary>Only the end of a pod matters, and only to a Deployment that recreates.</summary>
    private static IEnumerable<ObjectKey> KeysOf(InformerChange<Pod> change, ILister<Deployment> deployments, ILister<ReplicaSet> replicaSets)
    {
        var hasEnded = change.New is null || change.New.IsTerminated();
        if (hasEnded && Owners.ControllerKey<ReplicaSet>(change.Object) is { } owner
            && replicaSets.Find(owner) is { } replicaSet && Owners.ControllerKey<Deployment>(replicaSet) is { } key
            && deployments.Find(key)?.Spec?.Strategy?.Type == "Recreate")
            yield return key;
    }
}
