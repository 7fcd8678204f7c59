using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;

namespace Orchestrator.Proxy.Services;

/// <summary>Turns a Service and its EndpointSlices into <see cref="ServicePort"/>s. Pure.</summary>
public static class ServicePorts
{
    public const string ServiceNameLabel = "kubernetes.io/service-name";
    private const string ProxyNameLabel = "service.kubernetes.io/service-proxy-name";
    private const string HeadlessLabel = "service.kubernetes.io/headless";
    private const int DefaultAffinitySeconds = 10800;

    /// <summary>The Service a slice belongs to; null for one that is not for us.</summary>
    public static ObjectKey? ServiceOf(EndpointSlice slice)
    {
        var labels = slice.Metadata.Labels;
        if (labels is null || labels.ContainsKey(HeadlessLabel) || labels.ContainsKey(ProxyNameLabel)
            || !labels.TryGetValue(ServiceNameLabel, out var name) || name.Length == 0)
            return null;
        return new ObjectKey(slice.Metadata.Namespace ?? "", name);
    }

    /// <summary>No ports for a Service that is headless, an ExternalName, without a ClusterIP of the family, or another proxy's.</summary>
    public static ImmutableArray<ServicePort> Build(
        Service? service, IReadOnlyCollection<EndpointSlice> slices, ProxyTopology place, AddressFamily family = AddressFamily.InterNetwork)
    {
        if (service?.Spec is not { Ports: { } ports } spec || spec.Type == "ExternalName"
            || service.Metadata.Labels?.ContainsKey(ProxyNameLabel) == true || ClusterIPOf(spec, family) is not { } clusterIP)
            return [];
        var built = ImmutableArray.CreateBuilder<ServicePort>(ports.Count);
        foreach (var port in ports)
            built.Add(Build(service, spec, port, clusterIP, slices, place));
        return built.ToImmutable();
    }

    private static ServicePort Build(
        Service service, ServiceSpec spec, Api.Core.V1.ServicePort port, IPAddress clusterIP,
        IReadOnlyCollection<EndpointSlice> slices, ProxyTopology place)
    {
        var protocol = port.Protocol ?? "TCP";
        var family = clusterIP.AddressFamily;
        var endpoints = EndpointsOf(slices, port.Name ?? "", protocol, family);
        var cluster = EndpointSelection.Cluster(endpoints, place);
        var internalLocal = spec.InternalTrafficPolicy == "Local";
        var externalLocal = spec.ExternalTrafficPolicy == "Local";
        return new ServicePort
        {
            Key = new ServicePortKey(ObjectKey.Of(service), port.Name ?? "", protocol),
            Port = port.Port ?? 0,
            ClusterIP = clusterIP,
            NodePort = spec.Type is "NodePort" or "LoadBalancer" ? port.NodePort ?? 0 : 0,
            ExternalIPs = Addresses(spec.ExternalIPs ?? [], family),
            LoadBalancerIPs = LoadBalancerIPsOf(service, spec, family),
            SourceRanges = Ranges(spec.LoadBalancerSourceRanges ?? [], family),
            AffinityTimeout = spec.SessionAffinity == "ClientIP"
                ? TimeSpan.FromSeconds(spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds ?? DefaultAffinitySeconds)
                : null,
            InternalLocal = internalLocal,
            ExternalLocal = externalLocal,
            ClusterEndpoints = cluster,
            LocalEndpoints = internalLocal || externalLocal ? EndpointSelection.Local(endpoints, place) : [],
            HasEndpointsAnywhere = !cluster.IsEmpty,
        };
    }

    private static IPAddress? ClusterIPOf(ServiceSpec spec, AddressFamily family)
    {
        IReadOnlyList<string> candidates = spec.ClusterIPs is { Count: > 0 } list ? list : spec.ClusterIP is { } one ? [one] : [];
        return Addresses(candidates, family) is [var first, ..] ? first : null;
    }

    /// <summary>Addresses in mode Proxy are left to the load balancer: it may have to see its own traffic (KEP-1860).</summary>
    private static ImmutableArray<IPAddress> LoadBalancerIPsOf(Service service, ServiceSpec spec, AddressFamily family) =>
        spec.Type != "LoadBalancer"
            ? []
            : Addresses(
                (service.Status?.LoadBalancer?.Ingress ?? []).Where(ingress => ingress.Ip is not null && ingress.IpMode is null or "VIP").Select(ingress => ingress.Ip ?? ""),
                family);

    private static List<EndpointState> EndpointsOf(
        IReadOnlyCollection<EndpointSlice> slices, string portName, string protocol, AddressFamily family)
    {
        var states = new List<EndpointState>();
        var addressType = family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
        foreach (var slice in slices)
        {
            if (slice.AddressType != addressType)
                continue;
            foreach (var port in slice.Ports ?? [])
            {
                if ((port.Name ?? "") != portName || (port.Protocol ?? "TCP") != protocol || port.Port is not { } number)
                    continue;
                foreach (var endpoint in slice.Endpoints ?? [])
                {
                    if (StateOf(endpoint, number) is { } state)
                        states.Add(state);
                }
            }
        }
        return states;
    }

    /// <summary>An unknown "ready" counts as ready, an unknown "serving" follows it. Only the first address is used, as the API says.</summary>
    private static EndpointState? StateOf(Endpoint endpoint, int port)
    {
        if (endpoint.Addresses is not [var text, ..] || !IPAddress.TryParse(text, out var address))
            return null;
        var ready = endpoint.Conditions?.Ready ?? true;
        return new EndpointState(
            new IPEndPoint(address, port), endpoint.NodeName ?? "", ready,
            endpoint.Conditions?.Serving ?? ready, endpoint.Conditions?.Terminating ?? false,
            [.. (endpoint.Hints?.ForZones ?? []).Select(zone => zone.Name ?? "")],
            [.. (endpoint.Hints?.ForNodes ?? []).Select(node => node.Name ?? "")]);
    }

    private static ImmutableArray<IPAddress> Addresses(IEnumerable<string> texts, AddressFamily family) =>
        [.. texts.Select(text => IPAddress.TryParse(text, out var address) ? address : null).OfType<IPAddress>()
            .Where(address => address.AddressFamily == family).Distinct()];

    private static ImmutableArray<IPNetwork> Ranges(IEnumerable<string> texts, AddressFamily family) =>
        [.. texts.Select(text => IPNetwork.TryParse(text.Trim(), out var range) ? (IPNetwork?)range : null).OfType<IPNetwork>()
            .Where(range => range.BaseAddress.AddressFamily == family)];
}
