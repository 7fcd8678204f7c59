using System.Text.Json.Serialization;

namespace Orchestrator.Api.Events.V1;

/// <summary>Repetitions of an event.</summary>
[ProtoMessage("k8s.io.api.events.v1.EventSeries")]
public sealed record EventSeries
{
    /// <summary>How often it has happened.</summary>
    [Proto(1), Required]
    public int? Count { get; init; }

    /// <summary>When it last happened.</summary>
    [Proto(2), Required, JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? LastObservedTime { get; init; }
}
