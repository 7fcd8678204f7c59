using System.Text.Json.Serialization;

namespace Orchestrator.Api.Events.V1;

[ProtoMessage("k8s.io.api.events.v1.EventSeries")]
public sealed record EventSeries
{
    [Proto(1), Required]
    public int? Count { get; init; }

    [Proto(2), Required, JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? LastObservedTime { get; init; }
}
