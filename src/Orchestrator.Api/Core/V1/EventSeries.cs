using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

/// <summary>Repetitions of an event.</summary>
[ProtoMessage("k8s.io.api.core.v1.EventSeries")]
public sealed record EventSeries
{
    /// <summary>How often it has happened.</summary>
    [Proto(1)]
    public int? Count { get; init; }

    /// <summary>When it last happened.</summary>
    [Proto(2), JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? LastObservedTime { get; init; }
}
