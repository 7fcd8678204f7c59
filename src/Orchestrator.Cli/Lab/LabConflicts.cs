using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Procfs;
using Orchestrator.Network.Lab;

namespace Orchestrator.Cli.Lab;

/// <summary>
/// What a lab needs and somebody else has now. A new lab is given free ranges and ports, but one that was down comes back to a
/// machine where others may have taken them, and they cannot change: its certificates, Services and pods carry them.
/// </summary>
internal static class LabConflicts
{
    /// <exception cref="UserException">Naming what is taken and by whom.</exception>
    public static void Check(LabDefinition lab, bool serversRun)
    {
        using var netlink = RouteNetlink.Open();
        var links = netlink.ListLinks().ToDictionary(link => link.Index, link => link.Name);
        foreach (var route in netlink.ListRoutes().Where(route => route.LinkIndex != 0))
        {
            if (FindTaken(lab, route.Destination) is { } range && links.TryGetValue(route.LinkIndex, out var link) && link != LabNames.Bridge(lab.Name))
                throw new UserException($"lab '{lab.Name}' needs {range}, but {route.Destination} is routed to link {link}: take that away first (if it belongs to another lab, with 'orc down')");
        }

        if (serversRun)
            return;
        var endpoint = new IPEndPoint(IPAddress.Loopback, lab.ApiServerPort);
        if (!TcpListeners.IsTaken(endpoint))
            return;
        var owner = TcpListeners.FindOwner(endpoint) is { } process ? $"process {process.Pid} ({process.Command})" : "another process";
        throw new UserException($"lab '{lab.Name}' needs port {endpoint.Port} of {endpoint.Address} for its API server, but {owner} listens there: stop that first");
    }

    /// <summary>The range of the lab that a destination lies in. A wider one, such as a default route, does no harm: ours are more specific.</summary>
    internal static IPNetwork? FindTaken(LabDefinition lab, IPNetwork destination)
    {
        foreach (var range in (IPNetwork[])[lab.Ranges.Nodes, lab.Ranges.Pods, lab.Ranges.Services])
        {
            if (destination.PrefixLength >= range.PrefixLength && range.Contains(destination.BaseAddress))
                return range;
        }

        return null;
    }
}
