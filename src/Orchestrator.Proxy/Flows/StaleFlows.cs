using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Proxy.Services;

namespace Orchestrator.Proxy.Flows;

/// <summary>
/// UDP has no end of a connection: a client that keeps its port keeps its tracked flow, and goes on to an endpoint that is gone, or
/// past a Service that had none. So the flows of changed UDP ports are removed unless they lead to a present endpoint.
/// </summary>
internal sealed class StaleFlows
{
    private readonly Dictionary<(IPAddress? Address, int Port), HashSet<IPEndPoint>> _frontends = [];

    /// <summary>Notes the port before and after its change; either may be null.</summary>
    public void Note(ServicePort? before, ServicePort? after)
    {
        foreach (var port in new[] { before, after })
        {
            if (port?.Key.Protocol != "UDP")
                continue;
            foreach (var address in port.ExternalIPs.Concat(port.LoadBalancerIPs).Append(port.ClusterIP))
                EndpointsAt(address, port.Port);
            if (port.NodePort != 0)
                EndpointsAt(null, port.NodePort);
        }
        if (after?.Key.Protocol != "UDP")
            return;
        var endpoints = after.ClusterEndpoints.Concat(after.LocalEndpoints).ToList();
        foreach (var address in after.ExternalIPs.Concat(after.LoadBalancerIPs).Append(after.ClusterIP))
            EndpointsAt(address, after.Port).UnionWith(endpoints);
        if (after.NodePort != 0)
            EndpointsAt(null, after.NodePort).UnionWith(endpoints);
    }

    public bool Any => _frontends.Count > 0;

    public bool IsStale(TrackedFlow flow) =>
        flow.Protocol == NftDatum.Udp
        && (_frontends.TryGetValue((flow.Destination, flow.DestinationPort), out var endpoints)
            || _frontends.TryGetValue((null, flow.DestinationPort), out endpoints))
        && !endpoints.Contains(new IPEndPoint(flow.ReplySource, flow.ReplySourcePort));

    private HashSet<IPEndPoint> EndpointsAt(IPAddress? address, int port)
    {
        if (!_frontends.TryGetValue((address, port), out var endpoints))
            _frontends[(address, port)] = endpoints = [];
        return endpoints;
    }
}
