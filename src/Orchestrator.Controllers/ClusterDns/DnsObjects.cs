using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Controllers.EndpointSlices;
using Orchestrator.Controllers.Machinery;
using Orchestrator.Controllers.Nodes;
using SlicePort = Orchestrator.Api.Discovery.V1.EndpointPort;

namespace Orchestrator.Controllers.ClusterDns;

/// <summary>The Service of the cluster's DNS and the slices with the nodes that answer.</summary>
internal static class DnsObjects
{
    public static readonly ObjectKey ServiceKey = new("kube-system", "kube-dns");

    /// <summary>The API's limit for one slice.</summary>
    public const int MaxNodesPerSlice = 1000;

    private const string ManagedBy = "cluster-dns.orc.dev";
    private const int Port = 53;

    private static readonly Dictionary<string, string> ServiceLabels = new()
    {
        ["k8s-app"] = "kube-dns", ["kubernetes.io/cluster-service"] = "true", ["kubernetes.io/name"] = "CoreDNS",
    };

    private static readonly IReadOnlyList<SlicePort> SlicePorts =
        [new SlicePort { Name = "dns", Protocol = "UDP", Port = Port }, new SlicePort { Name = "dns-tcp", Protocol = "TCP", Port = Port }];

    public static Service Service(string clusterIp) => new()
    {
        Metadata = new ObjectMeta { Name = ServiceKey.Name, Namespace = ServiceKey.Namespace, Labels = ServiceLabels },
        Spec = new ServiceSpec
        {
            ClusterIP = clusterIp, Type = "ClusterIP", TrafficDistribution = "PreferSameNode",
            Ports =
            [
                new ServicePort { Name = "dns", Protocol = "UDP", Port = Port, TargetPort = Port },
                new ServicePort { Name = "dns-tcp", Protocol = "TCP", Port = Port, TargetPort = Port },
            ],
        },
    };

    /// <summary>The slices for nodes in order of their names; one without endpoints when no node has an address.</summary>
    public static IReadOnlyList<EndpointSlice> Slices(Service service, IEnumerable<Node> nodes)
    {
        var endpoints = nodes.Where(n => NodeFacts.InternalIp(n) is not null).OrderBy(n => n.Metadata.Name, StringComparer.Ordinal)
            .Select(n => EndpointOf(service, n)).ToList();
        if (endpoints.Count == 0)
            return [Slice(service, 0, [])];
        return [.. endpoints.Chunk(MaxNodesPerSlice).Select((chunk, index) => Slice(service, index, chunk))];
    }

    public static bool IsOurs(EndpointSlice slice) =>
        slice.Metadata.Namespace == ServiceKey.Namespace && slice.Metadata.Labels?.GetValueOrDefault(SliceDraft.ManagedByLabel) == ManagedBy;

    /// <summary>What the slices show of a node.</summary>
    public static (string?, bool, string?) Shown(Node node) => (NodeFacts.InternalIp(node), NodeFacts.IsReady(node), NodeFacts.Zone(node));

    private static Endpoint EndpointOf(Service service, Node node)
    {
        var isReady = NodeFacts.IsReady(node);
        var zone = NodeFacts.Zone(node);
        return new Endpoint
        {
            Addresses = [NodeFacts.InternalIp(node)!], NodeName = node.Metadata.Name, Zone = zone,
            Conditions = new EndpointConditions { Ready = isReady, Serving = isReady, Terminating = false },
            TargetRef = new ObjectReference { Kind = "Node", Name = node.Metadata.Name, Uid = node.Metadata.Uid },
            Hints = isReady ? PodEndpoints.HintsOf(service, node.Metadata.Name, zone) : null,
        };
    }

    private static EndpointSlice Slice(Service service, int index, IReadOnlyList<Endpoint> endpoints) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = FormattableString.Invariant($"{ServiceKey.Name}-nodes-{index}"), Namespace = ServiceKey.Namespace,
            Labels = new Dictionary<string, string> { [SliceDraft.ServiceNameLabel] = ServiceKey.Name, [SliceDraft.ManagedByLabel] = ManagedBy },
            OwnerReferences = [Owners.ControllerReference(service)],
        },
        AddressType = PodEndpoints.IPv4, Ports = SlicePorts, Endpoints = endpoints,
    };
}
