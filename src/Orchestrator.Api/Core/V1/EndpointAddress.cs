namespace Orchestrator.Api.Core.V1;

/// <summary>An address behind a Service.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.EndpointAddress")]
public sealed record EndpointAddress
{
    /// <summary>Address of the endpoint.</summary>
    [Proto(1), Required]
    public string? Ip { get; init; }

    /// <summary>The object behind the address.</summary>
    [Proto(2)]
    public ObjectReference? TargetRef { get; init; }

    /// <summary>Host name.</summary>
    [Proto(3)]
    public string? Hostname { get; init; }

    /// <summary>Name of the node.</summary>
    [Proto(4)]
    public string? NodeName { get; init; }
}
