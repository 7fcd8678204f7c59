using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.ClusterDns;

/// <summary>
/// Keeps the Service kube-system/kube-dns and the slices behind it. Every node answers DNS itself, so the endpoints are nodes, not
/// pods, and each node's pods are sent to their own.
/// </summary>
internal static class ClusterDnsController
{
    public const string Name = "cluster-dns";

    public static IController Create(ControllerContext context, string clusterIp)
    {
        var controller = new Controller(context, new() { Name = Name, Resource = ResourceOf<Service>.Resource, Workers = 1 });
        IEnumerable<ObjectKey> always = [DnsObjects.ServiceKey];
        var namespaces = controller.Watch<Namespace>(change => change.Object.Metadata.Name == DnsObjects.ServiceKey.Namespace ? always : []).Lister;
        var services = controller.Watch<Service>(change => change.Object.Key() == DnsObjects.ServiceKey ? always : []).Lister;
        var nodes = controller.Watch<Node>(change =>
            change is { Old: { } old, New: { } node } && DnsObjects.Shown(old) == DnsObjects.Shown(node) ? [] : always).Lister;
        var slices = controller.Watch<EndpointSlice>(static change =>
            DnsObjects.IsOurs(change.Object) ? [DnsObjects.ServiceKey] : []).Lister;
        return controller.ReconcileWith(new ClusterDnsReconciler(context.Client, namespaces, services, nodes, slices, clusterIp));
    }
}
