using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Controllers.EndpointSlices;
using CorePort = Orchestrator.Api.Core.V1.EndpointPort;

namespace Orchestrator.Controllers.Endpoints;

/// <summary>Groups a Service's pods by the ports they answer on, in an order that does not depend on the order of pods.</summary>
internal static class Subsets
{
    /// <summary>The API's limit; what is beyond it only slices show.</summary>
    private const int MaxAddresses = 1000;

    private sealed record Group(IReadOnlyList<CorePort> Ports, List<EndpointAddress> Ready, List<EndpointAddress> NotReady);

    public static IReadOnlyList<EndpointSubset> Compute(Service service, IEnumerable<Pod> pods)
    {
        var groups = new SortedDictionary<string, Group>(StringComparer.Ordinal);
        var count = 0;
        foreach (var pod in pods.OrderBy(p => p.Metadata.Name, StringComparer.Ordinal))
        {
            if (PodEndpoints.AddressOf(pod, service.Spec!.IpFamilies?[0] ?? PodEndpoints.IPv4) is not { } ip || count >= MaxAddresses)
                continue;
            var endpoint = PodEndpoints.Make(service, pod, ip, null);
            var publishesAll = service.Spec.PublishNotReadyAddresses == true;
            if (pod.IsBeingDeleted() && !publishesAll)
                continue;
            var ports = PodEndpoints.PortsOf(service, pod);
            if (ports.Count == 0 && service.Spec.ClusterIP != "None")
                continue;
            Add(groups, [.. ports.Select(p => new CorePort { Name = p.Name is { Length: > 0 } ? p.Name : null, Port = p.Port, Protocol = p.Protocol, AppProtocol = p.AppProtocol })],
                new EndpointAddress { Ip = ip, NodeName = endpoint.NodeName, Hostname = endpoint.Hostname, TargetRef = endpoint.TargetRef },
                endpoint.Conditions!.Ready == true);
            count++;
        }

        return [.. groups.Values.Select(ToSubset)];
    }

    private static void Add(SortedDictionary<string, Group> groups, IReadOnlyList<CorePort> ports, EndpointAddress address, bool isReady)
    {
        var key = string.Join('|', ports.Select(p => $"{p.Name}/{p.Protocol}/{p.Port}"));
        if (!groups.TryGetValue(key, out var group))
            groups.Add(key, group = new Group(ports, [], []));
        (isReady ? group.Ready : group.NotReady).Add(address);
    }

    private static EndpointSubset ToSubset(Group group) => new()
    {
        Addresses = Sorted(group.Ready), NotReadyAddresses = Sorted(group.NotReady), Ports = group.Ports.Count == 0 ? null : group.Ports,
    };

    private static IReadOnlyList<EndpointAddress>? Sorted(List<EndpointAddress> addresses) =>
        addresses.Count == 0 ? null : [.. addresses.OrderBy(a => a.Ip, StringComparer.Ordinal)];
}
