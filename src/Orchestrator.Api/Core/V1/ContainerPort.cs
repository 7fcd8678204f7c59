using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

/// <summary>A port that a container listens on.</summary>
[ProtoMessage("k8s.io.api.core.v1.ContainerPort")]
public sealed record ContainerPort
{
    /// <summary>Name that Services can refer to.</summary>
    [Proto(1)]
    public string? Name { get; init; }

    /// <summary>Port of the node that leads to this port.</summary>
    [Proto(2)]
    public int? HostPort { get; init; }

    /// <summary>Port inside the container.</summary>
    [JsonPropertyName("containerPort"), Proto(3), Required]
    public int? Port { get; init; }

    /// <summary>TCP, UDP or SCTP.</summary>
    [Proto(4), Default("TCP")]
    public string? Protocol { get; init; }

    /// <summary>Address of the node.</summary>
    [Proto(5)]
    public string? HostIP { get; init; }
}
