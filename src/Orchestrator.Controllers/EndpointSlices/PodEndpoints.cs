using System.Net;
using System.Net.Sockets;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Controllers.Machinery;
using Orchestrator.Controllers.Nodes;
using SlicePort = Orchestrator.Api.Discovery.V1.EndpointPort;

namespace Orchestrator.Controllers.EndpointSlices;

/// <summary>What a Service says of one pod: its endpoint, and the ports it answers on.</summary>
internal static class PodEndpoints
{
    public const string IPv4 = nameof(IPv4);
    public const string IPv6 = nameof(IPv6);

    /// <summary>The pod's address of a family; null when it has none, or has ended.</summary>
    public static string? AddressOf(Pod pod, string addressType)
    {
        if (pod.IsTerminated())
            return null;
        foreach (var ip in pod.Status?.PodIPs ?? [])
        {
            if (FamilyOf(ip.Ip) == addressType)
                return ip.Ip;
        }

        return FamilyOf(pod.Status?.PodIP) == addressType ? pod.Status?.PodIP : null;
    }

    public static Endpoint Make(Service service, Pod pod, string address, Node? node)
    {
        var isServing = pod.IsReady();
        var isTerminating = pod.IsBeingDeleted();
        var zone = NodeFacts.Zone(node);
        return new Endpoint
        {
            Addresses = [address],
            Conditions = new EndpointConditions
            {
                Ready = service.Spec!.PublishNotReadyAddresses == true || (isServing && !isTerminating), Serving = isServing, Terminating = isTerminating,
            },
            NodeName = pod.Spec?.NodeName, Zone = zone,
            Hostname = pod.Spec?.Hostname is { Length: > 0 } hostname && pod.Spec.Subdomain == service.Metadata.Name ? hostname : null,
            TargetRef = new ObjectReference
            {
                Kind = "Pod", Namespace = pod.Metadata.Namespace, Name = pod.Metadata.Name, Uid = pod.Metadata.Uid,
            },
            Hints = HintsOf(service, pod.Spec?.NodeName, zone),
        };
    }

    /// <summary>The Service's ports as this pod has them: a name may stand for a different number in each pod.</summary>
    public static IReadOnlyList<SlicePort> PortsOf(Service service, Pod pod)
    {
        var ports = new List<SlicePort>();
        foreach (var port in service.Spec!.Ports ?? [])
        {
            if (NumberOf(port, pod) is { } number)
                ports.Add(new SlicePort { Name = port.Name ?? "", Protocol = port.Protocol ?? "TCP", Port = number, AppProtocol = port.AppProtocol });
        }

        return ports;
    }

    public static int? NumberOf(ServicePort port, Pod pod)
    {
        if (port.TargetPort is not { } target || (!target.IsString && target.Value == 0))
            return port.Port;
        if (!target.IsString)
            return target.Value;
        foreach (var container in (pod.Spec?.Containers ?? []).Concat((pod.Spec?.InitContainers ?? []).Where(c => c.RestartPolicy == "Always")))
        {
            foreach (var candidate in container.Ports ?? [])
            {
                if (candidate.Name == target.Text && (candidate.Protocol ?? "TCP") == (port.Protocol ?? "TCP"))
                    return candidate.Port;
            }
        }

        return null;
    }

    /// <summary>Whom an endpoint is meant for first (KEP-3015): those on its node, or in its zone.</summary>
    public static EndpointHints? HintsOf(Service service, string? nodeName, string? zone)
    {
        IReadOnlyList<ForZone>? zones = string.IsNullOrEmpty(zone) ? null : [new ForZone { Name = zone }];
        return service.Spec?.TrafficDistribution switch
        {
            "PreferClose" or "PreferSameZone" when zones is not null => new EndpointHints { ForZones = zones },
            "PreferSameNode" when !string.IsNullOrEmpty(nodeName) => new EndpointHints { ForNodes = [new ForNode { Name = nodeName }], ForZones = zones },
            _ => null,
        };
    }

    private static string? FamilyOf(string? address) => IPAddress.TryParse(address, out var parsed)
        ? parsed.AddressFamily == AddressFamily.InterNetworkV6 ? IPv6 : IPv4
        : null;
}
