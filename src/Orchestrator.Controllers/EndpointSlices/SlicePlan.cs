using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using SlicePort = Orchestrator.Api.Discovery.V1.EndpointPort;

namespace Orchestrator.Controllers.EndpointSlices;

/// <summary>
/// How a Service's slices should change so that they hold its endpoints, touching as few as possible: every node's proxy hears of
/// each slice that changes.
/// </summary>
internal sealed record SlicePlan(
    IReadOnlyList<EndpointSlice> Create, IReadOnlyList<EndpointSlice> Update, IReadOnlyList<EndpointSlice> Delete)
{
    /// <summary>Kubernetes' default for the largest slice.</summary>
    public const int MaxEndpoints = 100;

    /// <param name="pods">The pods that the Service selects.</param>
    /// <param name="existing">Slices of the Service that this controller manages.</param>
    public static SlicePlan Compute(
        Service service, IReadOnlyCollection<Pod> pods, Func<string, Node?> nodeOf, IReadOnlyCollection<EndpointSlice> existing)
    {
        var draft = new SliceDraft(service);
        var families = service.Spec!.IpFamilies is { Count: > 0 } listed ? listed : [PodEndpoints.IPv4];
        foreach (var slice in existing)
        {
            if (slice.IsBeingDeleted())
                continue;
            if (!families.Contains(slice.AddressType))
                draft.Drop(slice);
        }

        foreach (var family in families)
            Family(draft, service, family!, pods, nodeOf, [.. existing.Where(s => s.AddressType == family && !s.IsBeingDeleted())]);
        return draft.ToPlan();
    }

    private static void Family(
        SliceDraft draft, Service service, string family, IReadOnlyCollection<Pod> pods, Func<string, Node?> nodeOf, List<EndpointSlice> existing)
    {
        var desired = GroupByPorts(service, family, pods, nodeOf);
        var byPorts = existing.ToLookup(s => PortsKey(s.Ports));
        foreach (var slice in existing)
        {
            if (!desired.ContainsKey(PortsKey(slice.Ports)))
                draft.Drop(slice);
        }

        foreach (var (key, group) in desired)
            draft.Place(family, group.Ports, group.Endpoints, [.. byPorts[key]]);
        draft.EnsureOne(family, existing);
    }

    private sealed record PortGroup(IReadOnlyList<SlicePort> Ports, Dictionary<string, Endpoint> Endpoints);

    private static Dictionary<string, PortGroup> GroupByPorts(
        Service service, string family, IReadOnlyCollection<Pod> pods, Func<string, Node?> nodeOf)
    {
        var groups = new Dictionary<string, PortGroup>();
        foreach (var pod in pods)
        {
            if (PodEndpoints.AddressOf(pod, family) is not { } address)
                continue;
            var ports = PodEndpoints.PortsOf(service, pod);
            // Without a port there is nothing to reach, but names of a headless Service have no need of one.
            if (ports.Count == 0 && service.Spec!.ClusterIP != "None")
                continue;
            if (!groups.TryGetValue(PortsKey(ports), out var group))
                groups.Add(PortsKey(ports), group = new PortGroup(ports, []));
            var endpoint = PodEndpoints.Make(service, pod, address, pod.Spec?.NodeName is { } name ? nodeOf(name) : null);
            group.Endpoints[EndpointIdentity.Of(endpoint)] = endpoint;
        }

        return groups;
    }

    private static string PortsKey(IReadOnlyList<SlicePort>? ports) =>
        string.Join('|', (ports ?? []).Select(p => $"{p.Name}/{p.Protocol ?? "TCP"}/{p.Port}/{p.AppProtocol}").Order(StringComparer.Ordinal));
}
