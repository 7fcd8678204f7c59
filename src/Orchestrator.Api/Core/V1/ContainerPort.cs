using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ContainerPort")]
public sealed record ContainerPort
{
    [Proto(1)]
    public string? Name { get; init; }

    [Proto(2)]
    public int? HostPort { get; init; }

    [JsonPropertyName("containerPort"), Proto(3), Required]
    public int? Port { get; init; }

    [Proto(4), Default("TCP")]
    public string? Protocol { get; init; }

    [Proto(5)]
    public string? HostIP { get; init; }
}
