using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.EventSeries")]
public sealed record EventSeries
{
    [Proto(1)]
    public int? Count { get; init; }

    [Proto(2), JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? LastObservedTime { get; init; }
}
