using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Proxy.Services;
using EndpointPort = Orchestrator.Api.Discovery.V1.EndpointPort;

namespace Orchestrator.Proxy.Tests;

/// <summary>Services and slices of the tests, in short form.</summary>
internal static class Objects
{
    public static Service Service(string name, string clusterIP = "10.96.0.20", string type = "ClusterIP", params Api.Core.V1.ServicePort[] ports) => new()
    {
        Metadata = new ObjectMeta { Namespace = "default", Name = name },
        Spec = new ServiceSpec
        {
            Type = type, ClusterIP = clusterIP, ClusterIPs = [clusterIP],
            Ports = ports.Length > 0 ? ports : [Port(80, "http")],
        },
    };

    public static Api.Core.V1.ServicePort Port(int port, string name = "", string protocol = "TCP", int? nodePort = null) =>
        new() { Name = name, Port = port, Protocol = protocol, NodePort = nodePort, TargetPort = 8080 };

    public static Service With(this Service service, Func<ServiceSpec, ServiceSpec> change) => service with { Spec = change(service.Spec!) };

    public static EndpointSlice Slice(string service, string portName, int port, params Endpoint[] endpoints) =>
        Slice(service, [new EndpointPort { Name = portName, Port = port, Protocol = "TCP" }], endpoints);

    public static EndpointSlice Slice(string service, EndpointPort[] ports, params Endpoint[] endpoints) => new()
    {
        Metadata = new ObjectMeta
        {
            Namespace = "default", Name = $"{service}-abc",
            Labels = new Dictionary<string, string> { [ServicePorts.ServiceNameLabel] = service },
        },
        AddressType = "IPv4", Ports = ports, Endpoints = endpoints,
    };

    public static Endpoint Endpoint(string address, string node = "node1", bool ready = true, bool? serving = null, bool terminating = false) => new()
    {
        Addresses = [address], NodeName = node,
        Conditions = new EndpointConditions { Ready = ready, Serving = serving ?? ready, Terminating = terminating },
    };

    public static TrackedService Tracked(Service service, params EndpointSlice[] slices) => new(ObjectKey.Of(service), service, slices);

    public static TrackedService Gone(string name) => new(new ObjectKey("default", name), null, []);
}
