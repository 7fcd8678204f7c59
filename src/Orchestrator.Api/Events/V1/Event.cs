using System.Text.Json.Serialization;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Events.V1;

/// <summary>A report of something that happened to an object.</summary>
[ProtoMessage("k8s.io.api.events.v1.Event")]
[Resource("events.k8s.io", "v1", "Event", "events", "event", Namespaced = true, ShortNames = ["ev"])]
public sealed record Event : KubernetesObject
{
    public Event()
    {
        ApiVersion = "events.k8s.io/v1";
        Kind = "Event";
    }

    /// <summary>When it first happened.</summary>
    [Proto(2), Required, JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>Says that the same thing has happened more than once.</summary>
    [Proto(3)]
    public EventSeries? Series { get; init; }

    /// <summary>Which controller reported it.</summary>
    [Proto(4)]
    public string? ReportingController { get; init; }

    /// <summary>Which instance of the controller reported it.</summary>
    [Proto(5)]
    public string? ReportingInstance { get; init; }

    /// <summary>What was done or is to be done.</summary>
    [Proto(6)]
    public string? Action { get; init; }

    /// <summary>One word, for programs, why it is so.</summary>
    [Proto(7)]
    public string? Reason { get; init; }

    /// <summary>The object it is about.</summary>
    [Proto(8)]
    public ObjectReference? Regarding { get; init; }

    /// <summary>A second object that is involved.</summary>
    [Proto(9)]
    public ObjectReference? Related { get; init; }

    /// <summary>Sentence for people.</summary>
    [Proto(10)]
    public string? Note { get; init; }

    /// <summary>Normal or Warning.</summary>
    [Proto(11)]
    public string? Type { get; init; }

    /// <summary>Source in the older form.</summary>
    [Proto(12)]
    public EventSource? DeprecatedSource { get; init; }

    /// <summary>First time in the older form.</summary>
    [Proto(13), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? DeprecatedFirstTimestamp { get; init; }

    /// <summary>Last time in the older form.</summary>
    [Proto(14), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? DeprecatedLastTimestamp { get; init; }

    /// <summary>Count in the older form.</summary>
    [Proto(15)]
    public int? DeprecatedCount { get; init; }
}
