using Orchestrator.Api;
using Orchestrator.Api.Coordination.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.Nodes;

/// <summary>
/// Notices nodes that fell silent, and turns what is known of a node into taints. A node speaks by its Lease in kube-node-lease and
/// by its status.
/// </summary>
internal static class NodeLifecycleController
{
    public const string Name = "node-lifecycle";
    private const string LeaseNamespace = "kube-node-lease";

    public static IController Create(ControllerContext context)
    {
        var controller = new Controller(context, new() { Name = Name, Resource = ResourceOf<Node>.Resource, Workers = context.Options.Workers });
        var nodes = controller.WatchOwn<Node>().Lister;
        var leases = controller.Watch<Lease>(static change =>
            change.Object.Metadata.Namespace == LeaseNamespace ? [new ObjectKey("", change.Object.Metadata.Name!)] : []).Lister;
        context.Informers.For<Pod>().WithNodes();
        var pods = controller.Use<Pod>().Lister;
        var health = new NodeHealth(context.Options.NodeMonitorGracePeriod, context.Options.NodeStartupGracePeriod, context.Time);
        return controller.ReconcileWith(new NodeLifecycleReconciler(
            context.Client, nodes, name => leases.Find(new ObjectKey(LeaseNamespace, name)), pods, health,
            context.Events.For("node-controller"), context.Time));
    }
}
