using System.Text.Json.Nodes;
using Orchestrator.ApiServer.Registry;
using CoreEvent = Orchestrator.Api.Core.V1.Event;
using NewEvent = Orchestrator.Api.Events.V1.Event;

namespace Orchestrator.ApiServer.Resources.Core.Events;

/// <summary>Translates events.k8s.io events to the stored core form and back: the same fields under other names.</summary>
internal sealed class EventForms : IFormConverter
{
    private static readonly (string New, string Core)[] Renamed =
    [
        ("regarding", "involvedObject"), ("note", "message"), ("reportingController", "reportingComponent"), ("deprecatedSource", "source"),
        ("deprecatedFirstTimestamp", "firstTimestamp"), ("deprecatedLastTimestamp", "lastTimestamp"), ("deprecatedCount", "count"),
    ];

    public static CoreEvent ToCore(NewEvent one) => new()
    {
        Metadata = one.Metadata,
        InvolvedObject = one.Regarding,
        Message = one.Note,
        Reason = one.Reason,
        Type = one.Type,
        EventTime = one.EventTime,
        ReportingComponent = one.ReportingController,
        ReportingInstance = one.ReportingInstance,
        Source = one.DeprecatedSource,
        FirstTimestamp = one.DeprecatedFirstTimestamp,
        LastTimestamp = one.DeprecatedLastTimestamp,
        Count = one.DeprecatedCount,
        Series = one.Series is null ? null : new Api.Core.V1.EventSeries { Count = one.Series.Count, LastObservedTime = one.Series.LastObservedTime },
    };

    public JsonObject ToStored(JsonObject document) => Translate(document, "v1", static pair => (pair.New, pair.Core));

    public JsonObject FromStored(JsonObject stored) => Translate(stored, "events.k8s.io/v1", static pair => (pair.Core, pair.New));

    private static JsonObject Translate(JsonObject source, string apiVersion, Func<(string New, string Core), (string From, string To)> direction)
    {
        var names = Renamed.Select(direction).ToDictionary(pair => pair.From, pair => pair.To);
        var result = new JsonObject();
        foreach (var (name, value) in source)
            result[names.GetValueOrDefault(name, name)] = value?.DeepClone();
        result["apiVersion"] = apiVersion;
        return result;
    }
}
