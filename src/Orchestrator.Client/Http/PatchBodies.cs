using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Client;

internal static class PatchBodies
{
    /// <summary>JSON is YAML too, so apply sends JSON under the only media type the API has for it.</summary>
    public static MediaTypeHeaderValue MediaTypeOf(PatchType type) => new(type switch
    {
        PatchType.Json => "application/json-patch+json",
        PatchType.Merge => "application/merge-patch+json",
        PatchType.StrategicMerge => "application/strategic-merge-patch+json",
        _ => "application/apply-patch+yaml",
    });

    public static byte[] Serialize(JsonNode patch)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            patch.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
