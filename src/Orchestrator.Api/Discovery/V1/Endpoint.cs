using Orchestrator.Api.Core.V1;

namespace Orchestrator.Api.Discovery.V1;

/// <summary>A backend of a Service.</summary>
[ProtoMessage("k8s.io.api.discovery.v1.Endpoint")]
public sealed record Endpoint
{
    /// <summary>Addresses of the endpoint; clients use the first.</summary>
    [Proto(1), Required, ListSet]
    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>Whether the endpoint is ready, serving or ending.</summary>
    [Proto(2)]
    public EndpointConditions? Conditions { get; init; }

    /// <summary>Host name.</summary>
    [Proto(3)]
    public string? Hostname { get; init; }

    /// <summary>The object behind the address.</summary>
    [Proto(4)]
    public ObjectReference? TargetRef { get; init; }

    /// <summary>Topology in the older form.</summary>
    [Proto(5)]
    public IReadOnlyDictionary<string, string>? DeprecatedTopology { get; init; }

    /// <summary>Name of the node.</summary>
    [Proto(6)]
    public string? NodeName { get; init; }

    /// <summary>Zone of the endpoint.</summary>
    [Proto(7)]
    public string? Zone { get; init; }

    /// <summary>Who should use the endpoint.</summary>
    [Proto(8)]
    public EndpointHints? Hints { get; init; }
}
