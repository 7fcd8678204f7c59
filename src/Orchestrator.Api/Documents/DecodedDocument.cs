using System.Text.Json.Nodes;

namespace Orchestrator.Api.Documents;

/// <summary>A body as a document without unknown fields.</summary>
/// <param name="Document">What is left of the body.</param>
/// <param name="StrictErrors">Unknown and duplicate fields, e.g. <c>unknown field "spec.foo"</c>, in order of appearance.</param>
public readonly record struct DecodedDocument(JsonObject Document, IReadOnlyList<string> StrictErrors)
{
    /// <summary>The text of a refusal under strict field validation.</summary>
    public string StrictMessage => "strict decoding error: " + string.Join(", ", StrictErrors);
}
