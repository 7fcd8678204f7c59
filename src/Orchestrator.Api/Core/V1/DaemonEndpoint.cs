using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

/// <summary>Port of a daemon.</summary>
[ProtoMessage("k8s.io.api.core.v1.DaemonEndpoint")]
public sealed record DaemonEndpoint
{
    /// <summary>Port number. The API spells this one field with a capital.</summary>
    [JsonPropertyName("Port"), Proto(1), Required]
    public int? Port { get; init; }
}
