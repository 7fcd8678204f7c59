using System.Net;
using System.Net.Sockets;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Controllers.EndpointSlices;
using Orchestrator.Controllers.Machinery;
using CoreEndpoints = Orchestrator.Api.Core.V1.Endpoints;
using SlicePort = Orchestrator.Api.Discovery.V1.EndpointPort;

namespace Orchestrator.Controllers.EndpointSliceMirroring;

/// <summary>The slices that say what an Endpoints object written by hand says.</summary>
internal static class MirroredSlices
{
    public const string ManagedBy = "endpointslicemirroring-controller.k8s.io";
    private const string SkipLabel = "endpointslice.kubernetes.io/skip-mirror";

    /// <summary>Kubernetes' default for the most addresses mirrored of one subset.</summary>
    private const int MaxPerSubset = 1000;

    public static bool IsWanted(CoreEndpoints endpoints, Service? service) =>
        service?.Spec is { Selector: null or { Count: 0 } } && endpoints.Metadata.Labels?.GetValueOrDefault(SkipLabel) != "true"
        && !endpoints.IsBeingDeleted();

    public static bool IsOurs(EndpointSlice slice) => slice.Metadata.Labels?.GetValueOrDefault(SliceDraft.ManagedByLabel) == ManagedBy;

    /// <summary>One slice for each subset and address family, in a fixed order.</summary>
    public static IReadOnlyList<EndpointSlice> Of(CoreEndpoints endpoints)
    {
        var slices = new List<EndpointSlice>();
        foreach (var subset in endpoints.Subsets ?? [])
        {
            var all = (subset.Addresses ?? []).Select(a => Convert(a, isReady: true))
                .Concat((subset.NotReadyAddresses ?? []).Select(a => Convert(a, isReady: false))).Take(MaxPerSubset);
            foreach (var family in all.GroupBy(e => FamilyOf(e.Addresses![0])).OrderBy(g => g.Key, StringComparer.Ordinal))
                slices.Add(Slice(endpoints, family.Key, PortsOf(subset), [.. family]));
        }

        return slices;
    }

    private static Endpoint Convert(EndpointAddress address, bool isReady) => new()
    {
        Addresses = [address.Ip!], Hostname = address.Hostname, NodeName = address.NodeName, TargetRef = address.TargetRef,
        Conditions = new EndpointConditions { Ready = isReady },
    };

    private static List<SlicePort> PortsOf(EndpointSubset subset) =>
        [.. (subset.Ports ?? []).Select(p => new SlicePort { Name = p.Name ?? "", Port = p.Port, Protocol = p.Protocol ?? "TCP", AppProtocol = p.AppProtocol })];

    private static EndpointSlice Slice(CoreEndpoints endpoints, string family, IReadOnlyList<SlicePort> ports, IReadOnlyList<Endpoint> items) => new()
    {
        Metadata = new ObjectMeta
        {
            GenerateName = endpoints.Metadata.Name + "-", Namespace = endpoints.Metadata.Namespace,
            Labels = new Dictionary<string, string>(endpoints.Metadata.Labels ?? new Dictionary<string, string>())
            {
                [SliceDraft.ServiceNameLabel] = endpoints.Metadata.Name!, [SliceDraft.ManagedByLabel] = ManagedBy,
            },
            OwnerReferences = [Owners.ControllerReference(endpoints)],
        },
        AddressType = family, Ports = ports, Endpoints = items,
    };

    private static string FamilyOf(string address) =>
        IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily == AddressFamily.InterNetworkV6 ? PodEndpoints.IPv6 : PodEndpoints.IPv4;
}
