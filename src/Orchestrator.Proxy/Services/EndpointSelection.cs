using System.Collections.Immutable;
using System.Net;

namespace Orchestrator.Proxy.Services;

/// <summary>An endpoint of a Service port as its slice tells.</summary>
/// <param name="Ready">Takes traffic. Also true for an unready one whose Service publishes such addresses.</param>
/// <param name="Zones">Zones it is meant for; empty without hints.</param>
/// <param name="Nodes">Nodes it is meant for; empty without hints.</param>
public sealed record EndpointState(
    IPEndPoint Address, string NodeName, bool Ready, bool Serving, bool Terminating,
    ImmutableArray<string> Zones, ImmutableArray<string> Nodes);

/// <summary>Where this proxy runs.</summary>
/// <param name="Zone">The node's topology.kubernetes.io/zone; empty if unknown.</param>
public sealed record ProxyTopology(string NodeName, string Zone);

/// <summary>
/// Which endpoints take traffic. Ready ones do; where there are none, those that terminate but still serve do, so that a rollout
/// of a single pod does not lose connections (KEP-1669). Hints narrow the choice to this node or zone if every ready
/// endpoint carries them and at least one is meant for us (KEP-2433, KEP-4444).
/// </summary>
public static class EndpointSelection
{
    public static ImmutableArray<IPEndPoint> Cluster(IReadOnlyCollection<EndpointState> endpoints, ProxyTopology place)
    {
        var ready = endpoints.Where(endpoint => endpoint.Ready).ToList();
        return ready.Count > 0 ? Sorted(Hinted(ready, place)) : Sorted(endpoints.Where(Draining));
    }

    public static ImmutableArray<IPEndPoint> Local(IReadOnlyCollection<EndpointState> endpoints, ProxyTopology place)
    {
        var local = endpoints.Where(endpoint => place.NodeName.Length > 0 && endpoint.NodeName == place.NodeName).ToList();
        return local.Exists(endpoint => endpoint.Ready)
            ? Sorted(local.Where(endpoint => endpoint.Ready))
            : Sorted(local.Where(Draining));
    }

    private static bool Draining(EndpointState endpoint) => endpoint is { Serving: true, Terminating: true };

    private static IEnumerable<EndpointState> Hinted(List<EndpointState> ready, ProxyTopology place)
    {
        if (place.NodeName.Length > 0 && ready.TrueForAll(endpoint => !endpoint.Nodes.IsEmpty)
            && ready.Exists(endpoint => endpoint.Nodes.Contains(place.NodeName)))
            return ready.Where(endpoint => endpoint.Nodes.Contains(place.NodeName));
        if (place.Zone.Length > 0 && ready.TrueForAll(endpoint => !endpoint.Zones.IsEmpty)
            && ready.Exists(endpoint => endpoint.Zones.Contains(place.Zone)))
            return ready.Where(endpoint => endpoint.Zones.Contains(place.Zone));
        return ready;
    }

    /// <summary>In a fixed order and once each, so that equal choices give equal rules.</summary>
    private static ImmutableArray<IPEndPoint> Sorted(IEnumerable<EndpointState> endpoints) =>
        [.. endpoints.Select(endpoint => endpoint.Address).Distinct().OrderBy(address => address.ToString(), StringComparer.Ordinal)];
}
