using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.PodGc;

/// <summary>
/// Removes pods nobody else will: of nodes that are gone, never bound but deleted, and the oldest of too many ended ones. Looks at all
/// pods now and then, and soon after a node went away.
/// </summary>
internal static class PodGcController
{
    public const string Name = "pod-garbage-collector";

    public static IController Create(ControllerContext context)
    {
        var controller = new Controller(context, new() { Name = Name, Resource = ResourceOf<Pod>.Resource, Workers = 1 });
        var pods = controller.Use<Pod>().Lister;
        var nodes = controller.Watch<Node>(static change => change.New is null ? [PodGcReconciler.Everything] : []).Lister;
        controller.Enqueue(PodGcReconciler.Everything);
        return controller.ReconcileWith(new PodGcReconciler(context.Client, pods, nodes, context.Options, context.Time));
    }
}
