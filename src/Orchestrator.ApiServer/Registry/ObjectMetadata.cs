using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Serialization;

namespace Orchestrator.ApiServer.Registry;

/// <summary>The metadata of a document, by name.</summary>
internal static class ObjectMetadata
{
    public static JsonObject Of(JsonObject document)
    {
        if (document["metadata"] is JsonObject metadata)
            return metadata;
        metadata = [];
        document["metadata"] = metadata;
        return metadata;
    }

    public static string? Text(JsonObject document, string field) =>
        document["metadata"] is JsonObject metadata && metadata[field] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    public static bool IsBeingDeleted(JsonObject document) => Text(document, "deletionTimestamp") is not null;

    public static long? GracePeriod(JsonObject document) => document.LongAt("metadata.deletionGracePeriodSeconds");

    public static long Generation(JsonObject document) => document.LongAt("metadata.generation") ?? 0;

    public static bool HasFinalizers(JsonObject document) => document.At("metadata.finalizers") is JsonArray { Count: > 0 };

    /// <summary>Takes the resourceVersion out and returns it; empty when there was none.</summary>
    public static string TakeResourceVersion(JsonObject document)
    {
        var version = Text(document, "resourceVersion") ?? "";
        Of(document).Remove("resourceVersion");
        return version;
    }

    public static void MarkDeleted(JsonObject document, DateTimeOffset now, long graceSeconds)
    {
        var metadata = Of(document);
        metadata["deletionTimestamp"] = TimeConverter.Format(now.AddSeconds(graceSeconds));
        metadata["deletionGracePeriodSeconds"] = graceSeconds;
    }

    /// <summary>Copies fields as they are in <paramref name="source"/>, also their absence.</summary>
    public static void Keep(JsonObject target, JsonObject source, params ReadOnlySpan<string> fields)
    {
        var to = Of(target);
        var from = Of(source);
        foreach (var field in fields)
        {
            if (from[field] is { } value)
                to[field] = value.DeepClone();
            else
                to.Remove(field);
        }
    }

    public static string Version(long revision) => revision.ToString(CultureInfo.InvariantCulture);
}
