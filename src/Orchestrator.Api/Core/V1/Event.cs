using System.Text.Json.Serialization;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Event")]
[Resource("", "v1", "Event", "events", "event", Namespaced = true, ShortNames = ["ev"])]
public sealed record Event : KubernetesObject
{
    public Event()
    {
        ApiVersion = "v1";
        Kind = "Event";
    }

    [Proto(2), Required]
    public ObjectReference? InvolvedObject { get; init; }

    [Proto(3)]
    public string? Reason { get; init; }

    [Proto(4)]
    public string? Message { get; init; }

    [Proto(5)]
    public EventSource? Source { get; init; }

    [Proto(6), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? FirstTimestamp { get; init; }

    [Proto(7), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastTimestamp { get; init; }

    [Proto(8)]
    public int? Count { get; init; }

    [Proto(9)]
    public string? Type { get; init; }

    [Proto(10), JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? EventTime { get; init; }

    [Proto(11)]
    public EventSeries? Series { get; init; }

    [Proto(12)]
    public string? Action { get; init; }

    [Proto(13)]
    public ObjectReference? Related { get; init; }

    [Proto(14)]
    public string? ReportingComponent { get; init; }

    [Proto(15)]
    public string? ReportingInstance { get; init; }
}
