using System.Text.Json.Serialization;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Events.V1;

[ProtoMessage("k8s.io.api.events.v1.Event")]
[Resource("events.k8s.io", "v1", "Event", "events", "event", Namespaced = true, ShortNames = ["ev"])]
public sealed record Event : KubernetesObject
{
    public Event()
    {
        ApiVersion = "events.k8s.io/v1";
        Kind = "Event";
    }

    [Proto(2), Required, JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? EventTime { get; init; }

    [Proto(3)]
    public EventSeries? Series { get; init; }

    [Proto(4)]
    public string? ReportingController { get; init; }

    [Proto(5)]
    public string? ReportingInstance { get; init; }

    [Proto(6)]
    public string? Action { get; init; }

    [Proto(7)]
    public string? Reason { get; init; }

    [Proto(8)]
    public ObjectReference? Regarding { get; init; }

    [Proto(9)]
    public ObjectReference? Related { get; init; }

    [Proto(10)]
    public string? Note { get; init; }

    [Proto(11)]
    public string? Type { get; init; }

    [Proto(12)]
    public EventSource? DeprecatedSource { get; init; }

    [Proto(13), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? DeprecatedFirstTimestamp { get; init; }

    [Proto(14), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? DeprecatedLastTimestamp { get; init; }

    [Proto(15)]
    public int? DeprecatedCount { get; init; }
}
