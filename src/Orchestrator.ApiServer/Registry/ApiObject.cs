using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Serialization;

namespace Orchestrator.ApiServer.Registry;

/// <summary>
/// One object in flight: its document, its UTF-8 JSON and its typed record, each made from the others when first asked for.
/// Belongs to one request; not thread-safe.
/// </summary>
public sealed class ApiObject
{
    private JsonObject? document;
    private ReadOnlyMemory<byte>? bytes;
    private KubernetesObject? typed;

    public ApiObject(JsonObject document) => this.document = document;

    /// <param name="utf8">The whole object as JSON; not changed afterwards.</param>
    public ApiObject(ReadOnlyMemory<byte> utf8) => bytes = utf8;

    /// <summary>The object as a tree. Whoever changes it calls <see cref="Changed"/> before anyone reads another form.</summary>
    public JsonObject Document => document ??= (JsonObject)JsonNode.Parse(bytes!.Value.Span)!;

    /// <summary>The object as compact JSON.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes ??= DocumentJson.Encode(document!);

    public string Name => Metadata["name"]?.GetValue<string>() ?? "";

    public string Namespace => Metadata["namespace"]?.GetValue<string>() ?? "";

    public string Uid => Metadata["uid"]?.GetValue<string>() ?? "";

    /// <summary>The metadata object; created when absent.</summary>
    public JsonObject Metadata
    {
        get
        {
            if (Document["metadata"] is JsonObject metadata)
                return metadata;
            metadata = [];
            Document["metadata"] = metadata;
            return metadata;
        }
    }

    /// <summary>The object as its record.</summary>
    public T As<T>()
        where T : KubernetesObject => (T)(typed ??= ApiJson.Deserialize<T>(Bytes.Span));

    /// <summary>Drops the forms derived from the document.</summary>
    public void Changed()
    {
        _ = Document;
        bytes = null;
        typed = null;
    }
}
