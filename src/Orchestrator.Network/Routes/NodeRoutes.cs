using System.Net;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Routes;

/// <summary>The way to another node's pods.</summary>
public sealed record NodeRoute(IPNetwork PodRange, IPAddress NodeAddress);

/// <summary>
/// Keeps the routes to other nodes' pod ranges in one network namespace. Ours bear a protocol number of their own, so that
/// stale ones are found and everybody else's are left alone.
/// </summary>
public static class NodeRoutes
{
    /// <summary>Of the range that rtnetlink(7) leaves to daemons; shown as "proto 89".</summary>
    public const byte Protocol = 89;

    /// <summary>Adds what is missing and removes what is no longer wanted.</summary>
    public static void Sync(RouteNetlink netlink, int linkIndex, IReadOnlyCollection<NodeRoute> wanted)
    {
        var present = netlink.ListRoutes()
            .Where(route => route.Protocol == Protocol && route.Type == RouteType.Unicast && route.Gateway is not null && route.LinkIndex == linkIndex)
            .ToList();
        foreach (var route in present)
        {
            if (!wanted.Any(want => Same(want, route)))
                netlink.DeleteRoute(route);
        }
        foreach (var want in wanted)
        {
            if (!present.Any(route => Same(want, route)))
                netlink.ReplaceRoute(new IpRoute(want.PodRange) { Gateway = want.NodeAddress, LinkIndex = linkIndex, Protocol = Protocol });
        }
    }

    /// <summary>
    /// Behind the specific routes: what no node has is refused at once instead of following the default route out of the machine.
    /// </summary>
    public static void Refuse(RouteNetlink netlink, IPNetwork range) => netlink.ReplaceRoute(Refusal(range));

    public static void Unrefuse(RouteNetlink netlink, IPNetwork range) => netlink.DeleteRoute(Refusal(range));

    private static IpRoute Refusal(IPNetwork range) => new(range) { Type = RouteType.Unreachable, Metric = 4278198272, Protocol = Protocol };

    private static bool Same(NodeRoute want, IpRoute route) =>
        want.PodRange.Equals(route.Destination) && want.NodeAddress.Equals(route.Gateway);
}
