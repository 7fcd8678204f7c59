using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Client.Informers;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.ReplicaSets;

/// <summary>Keeps as many pods as a ReplicaSet asks for. Watches ReplicaSets, and pods for the ReplicaSet that owns or could adopt them.</summary>
internal static class ReplicaSetController
{
    public const string Name = "replicaset";

    public static IController Create(ControllerContext context)
    {
        var controller = new Controller(context, new() { Name = Name, Resource = ResourceOf<ReplicaSet>.Resource, Workers = context.Options.Workers });
        var replicaSets = controller.WatchOwn<ReplicaSet>().Lister;
        context.Informers.For<Pod>().WithOwners();
        var pods = controller.Watch<Pod>(change => KeysOf(change, replicaSets)).Lister;

        var podControl = new PodControl(context.Client, context.Events.For("replicaset-controller"));
        return controller.ReconcileWith(new ReplicaSetReconciler(context.Client, replicaSets, pods, podControl, context.Time));
    }

    private static IEnumerable<ObjectKey> KeysOf(InformerChange<Pod> change, ILister<ReplicaSet> replicaSets)
    {
        if (change.Old is { } old && Owners.ControllerKey<ReplicaSet>(old) is { } before)
            yield return before;
        if (change.New is not { } pod)
            yield break;
        if (pod.ControllerOwner() is not null)
        {
            if (Owners.ControllerKey<ReplicaSet>(pod) is { } now)
                yield return now;
            yield break;
        }

        if (pod.IsBeingDeleted())
            yield break;
        foreach (var replicaSet in replicaSets.List(pod.Metadata.Namespace ?? ""))
        {
            if (LabelMatcher.Of(replicaSet.Spec?.Selector).Matches(pod.Metadata.Labels))
                yield return replicaSet.Key();
        }
    }
}
