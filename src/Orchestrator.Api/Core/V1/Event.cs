using System.Text.Json.Serialization;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>A report of something that happened to an object.</summary>
[ProtoMessage("k8s.io.api.core.v1.Event")]
[Resource("", "v1", "Event", "events", "event", Namespaced = true, ShortNames = ["ev"])]
public sealed record Event : KubernetesObject
{
    public Event()
    {
        ApiVersion = "v1";
        Kind = "Event";
    }

    /// <summary>The object it is about.</summary>
    [Proto(2), Required]
    public ObjectReference? InvolvedObject { get; init; }

    /// <summary>One word, for programs, why it is so.</summary>
    [Proto(3)]
    public string? Reason { get; init; }

    /// <summary>Sentence for people that explains it.</summary>
    [Proto(4)]
    public string? Message { get; init; }

    /// <summary>Which component reported it.</summary>
    [Proto(5)]
    public EventSource? Source { get; init; }

    /// <summary>When it first happened.</summary>
    [Proto(6), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? FirstTimestamp { get; init; }

    /// <summary>When it last happened.</summary>
    [Proto(7), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastTimestamp { get; init; }

    /// <summary>How often it has happened.</summary>
    [Proto(8)]
    public int? Count { get; init; }

    /// <summary>Normal or Warning.</summary>
    [Proto(9)]
    public string? Type { get; init; }

    /// <summary>When it first happened.</summary>
    [Proto(10), JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>Says that the same thing has happened more than once.</summary>
    [Proto(11)]
    public EventSeries? Series { get; init; }

    /// <summary>What was done or is to be done.</summary>
    [Proto(12)]
    public string? Action { get; init; }

    /// <summary>A second object that is involved.</summary>
    [Proto(13)]
    public ObjectReference? Related { get; init; }

    /// <summary>Which controller reported it.</summary>
    [Proto(14)]
    public string? ReportingComponent { get; init; }

    /// <summary>Which instance of the controller reported it.</summary>
    [Proto(15)]
    public string? ReportingInstance { get; init; }
}
