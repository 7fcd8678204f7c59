using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Linux.Netlink;

public sealed partial class RouteNetlink
{
    private const ushort RouteDestination = 1;
    private const ushort RouteLink = 4;
    private const ushort RouteGateway = 5;
    private const ushort RouteMetric = 6;
    private const ushort RoutePreferredSource = 7;
    private const ushort RouteTable = 15;
    private const uint RouteOnLink = 4;

    /// <summary>Adds the route, or replaces the one with the same destination, table and metric.</summary>
    public void ReplaceRoute(IpRoute route)
    {
        var writer = Begin(RouteMessageType.NewRoute, NetlinkFlags.Create | NetlinkFlags.Replace | NetlinkFlags.Ack, RouteHeader(route));
        PutRoute(writer, route);
        Execute(writer, $"set route {Describe(route)}");
    }

    /// <returns>False if there was no such route.</returns>
    public bool DeleteRoute(IpRoute route)
    {
        var writer = Begin(RouteMessageType.DeleteRoute, NetlinkFlags.Ack, RouteHeader(route));
        PutRoute(writer, route);
        try
        {
            Execute(writer, $"delete route {Describe(route)}");
            return true;
        }
        catch (LinuxException exception) when (exception.ErrorNumber is Errno.ESRCH or Errno.ENOENT)
        {
            return false;
        }
    }

    /// <summary>Routes of all tables, the kernel's own in table 255 included.</summary>
    public IReadOnlyList<IpRoute> ListRoutes(AddressFamily family = AddressFamily.InterNetwork)
    {
        var writer = Begin(RouteMessageType.GetRoute, NetlinkFlags.Dump, new RouteMessage { Family = FamilyOf(family) });
        writer.EndMessage();
        var routes = new List<IpRoute>();
        _socket.Dump(writer, "list routes", (in NetlinkMessage message) => routes.Add(ReadRoute(message)));
        return routes;
    }

    private static RouteMessage RouteHeader(IpRoute route) => new()
    {
        Family = FamilyOf(route.Destination.BaseAddress),
        DestinationLength = (byte)route.Destination.PrefixLength,
        Table = route.Table < 256 ? (byte)route.Table : (byte)0,
        Protocol = route.Protocol,
        Scope = (byte)route.Scope,
        Type = (byte)route.Type,
        Flags = route.OnLink ? RouteOnLink : 0,
    };

    private static void PutRoute(NetlinkWriter writer, IpRoute route)
    {
        if (route.Destination.PrefixLength > 0)
            writer.PutAddress(RouteDestination, route.Destination.BaseAddress);
        if (route.Gateway is { } gateway)
            writer.PutAddress(RouteGateway, gateway);
        if (route.LinkIndex != 0)
            writer.PutInt32(RouteLink, route.LinkIndex);
        if (route.PreferredSource is { } source)
            writer.PutAddress(RoutePreferredSource, source);
        if (route.Metric != 0)
            writer.PutUInt32(RouteMetric, route.Metric);
        writer.PutUInt32(RouteTable, route.Table);
    }

    private static IpRoute ReadRoute(in NetlinkMessage message)
    {
        var header = message.ReadStruct<RouteMessage>();
        IPAddress? destination = null, gateway = null, source = null;
        var link = 0;
        uint metric = 0, table = header.Table;
        foreach (var attribute in message.AttributesAfter<RouteMessage>())
        {
            switch (attribute.Type)
            {
                case RouteDestination: destination = attribute.Address; break;
                case RouteGateway: gateway = attribute.Address; break;
                case RouteLink: link = attribute.Int32; break;
                case RouteMetric: metric = attribute.UInt32; break;
                case RoutePreferredSource: source = attribute.Address; break;
                case RouteTable: table = attribute.UInt32; break;
            }
        }
        destination ??= header.Family == 2 ? IPAddress.Any : IPAddress.IPv6Any;
        return new IpRoute(new IPNetwork(destination, header.DestinationLength))
        {
            Gateway = gateway,
            LinkIndex = link,
            PreferredSource = source,
            Type = (RouteType)header.Type,
            Scope = (RouteScope)header.Scope,
            Metric = metric,
            Protocol = header.Protocol,
            Table = table,
            OnLink = (header.Flags & RouteOnLink) != 0,
        };
    }

    private static string Describe(IpRoute route)
    {
        var kind = route.Type == RouteType.Unicast ? "" : route.Type.ToString().ToLowerInvariant() + " ";
        var via = route.Gateway is { } gateway ? $" via {gateway}" : "";
        var link = route.LinkIndex != 0 ? $" dev {route.LinkIndex}" : "";
        return $"{kind}{route.Destination}{via}{link}";
    }
}
