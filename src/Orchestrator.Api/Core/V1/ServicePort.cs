namespace Orchestrator.Api.Core.V1;

/// <summary>A port of a Service.</summary>
[ProtoMessage("k8s.io.api.core.v1.ServicePort")]
public sealed record ServicePort
{
    /// <summary>Name of the port, unique in the Service.</summary>
    [Proto(1)]
    public string? Name { get; init; }

    /// <summary>TCP, UDP or SCTP.</summary>
    [Proto(2), Default("TCP")]
    public string? Protocol { get; init; }

    /// <summary>Port of the Service.</summary>
    [Proto(3), Required]
    public int? Port { get; init; }

    /// <summary>Port of the pods, by number or name.</summary>
    [Proto(4)]
    public IntOrString? TargetPort { get; init; }

    /// <summary>Port of every node that leads to the Service.</summary>
    [Proto(5)]
    public int? NodePort { get; init; }

    /// <summary>Application protocol, as a hint to implementations.</summary>
    [Proto(6)]
    public string? AppProtocol { get; init; }
}
