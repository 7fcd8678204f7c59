using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Client.Informers;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.Nodes;

/// <summary>Deletes pods from nodes whose NoExecute taints they do not tolerate, or not for so long. Keys are pods.</summary>
internal static class TaintEvictionController
{
    public const string Name = "taint-eviction";

    public static IController Create(ControllerContext context)
    {
        var controller = new Controller(context, new() { Name = Name, Resource = ResourceOf<Pod>.Resource, Workers = context.Options.Workers });
        context.Informers.For<Pod>().WithNodes();
        var nodes = controller.Use<Node>();
        var pods = controller.Watch<Pod>(change => IsOnTaintedNode(change, nodes.Lister) ? [change.Object.Key()] : []).Lister;
        controller.Watch<Node>(change => HasNoExecute(change.Old) || HasNoExecute(change.New)
            ? pods.OnNode(change.Object.Metadata.Name!).Select(p => p.Key())
            : []);
        return controller.ReconcileWith(new TaintEvictionReconciler(
            context.Client, pods, nodes.Lister, context.Events.For("taint-eviction-controller"), context.Time));
    }

    public static bool HasNoExecute(Node? node)
    {
        foreach (var taint in node?.Spec?.Taints ?? [])
        {
            if (taint.Effect == Tolerations.NoExecute)
                return true;
        }

        return false;
    }

    private static bool IsOnTaintedNode(InformerChange<Pod> change, ILister<Node> nodes) =>
        change.Object.Spec?.NodeName is { Length: > 0 } name && (change.New is null || HasNoExecute(nodes.Find(new ObjectKey("", name))));
}
