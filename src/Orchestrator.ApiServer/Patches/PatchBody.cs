using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Patches;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Patches;

internal enum PatchForm { Json, Merge, StrategicMerge, Apply }

/// <summary>A patch as it was sent.</summary>
internal sealed record PatchBody(PatchForm Form, JsonNode Patch)
{
    private const string AcceptedTypes =
        "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml";

    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = DocumentDecoder.MaxDepth };

    public bool IsApply => Form == PatchForm.Apply;

    /// <exception cref="Api.Errors.ApiException">415: unknown type. 400: not JSON, or not the type's shape.</exception>
    public static PatchBody Read(HttpRequest request, byte[] body, ResourceDefinition definition)
    {
        var form = WriteEndpoint.MediaTypeOf(request) switch
        {
            "application/json-patch+json" => PatchForm.Json,
            "application/merge-patch+json" => PatchForm.Merge,
            "application/strategic-merge-patch+json" when definition.Schema.RecordType is not null => PatchForm.StrategicMerge,
            "application/apply-patch+yaml" or "application/apply-patch+json" => PatchForm.Apply,
            _ => throw ApiErrors.UnsupportedMediaType(AcceptedTypes),
        };
        try
        {
            var node = JsonNode.Parse(form == PatchForm.Apply ? WriteEndpoint.FromYaml(body) : body, null, Limits);
            if (node is JsonArray == (form == PatchForm.Json) && node is JsonArray or JsonObject)
                return new PatchBody(form, node);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw ApiErrors.BadRequest($"error decoding patch: {error.Message}");
        }

        throw ApiErrors.BadRequest(form == PatchForm.Json
            ? "error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch"
            : "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}");
    }

    /// <summary>The patched object as JSON, still to be decoded. Not for apply.</summary>
    /// <exception cref="Api.Errors.ApiException">400 or 422.</exception>
    public byte[] ApplyTo(JsonObject current, ResourceDefinition definition)
    {
        try
        {
            JsonNode result = current;
            switch (Form)
            {
                case PatchForm.Json:
                    result = JsonPatch.Apply(current, (JsonArray)Patch);
                    break;
                case PatchForm.Merge:
                    MergePatch.Apply(current, (JsonObject)Patch);
                    break;
                default:
                    StrategicMergePatch.Apply(current, (JsonObject)Patch, definition.Schema);
                    break;
            }

            return DocumentJson.Encode(result);
        }
        catch (PatchException error) when (error.IsMalformed)
        {
            throw ApiErrors.BadRequest(error.Message);
        }
        catch (PatchException error)
        {
            throw ApiErrors.Make(422, Api.Errors.StatusReason.Invalid, "the server rejected our request due to an error in our request", new StatusDetails
            {
                Causes = [new StatusCause { Message = error.Message }],
            });
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // JsonObject finds out about repeated names only when it is first read.
            throw ApiErrors.BadRequest($"error decoding patch: {error.Message}");
        }
    }
}
