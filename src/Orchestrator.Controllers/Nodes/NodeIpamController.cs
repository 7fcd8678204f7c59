using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.Nodes;

/// <summary>Gives every node its own range of pod addresses out of the cluster's.</summary>
internal static class NodeIpamController
{
    public const string Name = "node-ipam";

    public static IController Create(ControllerContext context, string clusterCidr)
    {
        // One worker: two nodes must not be given the same range.
        var controller = new Controller(context, new() { Name = Name, Resource = ResourceOf<Node>.Resource, Workers = 1 });
        var nodes = controller.WatchOwn<Node>().Lister;
        var ranges = new PodRanges(clusterCidr, context.Options.NodeCidrMaskSize);
        return controller.ReconcileWith(new NodeIpamReconciler(context.Client, nodes, ranges, context.Events.For("node-controller")));
    }
}
