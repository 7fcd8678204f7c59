using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Autoscaling.V1;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Schema;
using Orchestrator.Api.Selectors;
using Orchestrator.Api.Serialization;
using Orchestrator.ApiServer.Patches;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Http;

/// <summary>autoscaling/v1 Scale over any kind that declares where its replicas are.</summary>
internal sealed class ScaleEndpoint(ObjectStore objects, UpdateWriter updates, WriteEndpoint writes)
{
    private static readonly SchemaNode ScaleSchema = RecordSchema.Of(typeof(Scale));
    private static readonly GroupVersionKind ScaleKind = new("autoscaling", "v1", "Scale");

    public async Task GetAsync(RequestContext context, ResourceDefinition definition, Subresource subresource, CancellationToken cancellationToken)
    {
        var format = ResponseFormat.Choose(context.Http!.Request, allowsShapes: false, allowsProtobuf: false);
        var found = await objects.GetLatestAsync(definition, context.Info.ObjectNamespace, context.Info.Name, cancellationToken)
            ?? throw ApiErrors.NotFound(definition.Resource, context.Info.Name);
        await ResponseWriter.SendAsync(context, DocumentJson.Encode(View(found.Open().Document, subresource.ScalePaths!)), 200, format, cancellationToken);
    }

    public async Task UpdateAsync(RequestContext context, ResourceDefinition definition, Subresource subresource, CancellationToken cancellationToken)
    {
        var format = WriteEndpoint.ReadOptions(context);
        var request = context.Http!.Request;
        var validation = WriteEndpoint.ValidationOf(request);
        Func<JsonObject, JsonObject> change;
        if (context.Info.Verb == "patch")
        {
            var patch = PatchBody.Read(request, await BodyReader.ReadAsync(request, context.Server.Options.MaxBodyBytes, cancellationToken), definition);
            change = scale => ObjectDecoder.Decode(context, ScaleKind, ScaleSchema, Patched(patch, scale), validation);
        }
        else
        {
            var body = ObjectDecoder.Decode(context, ScaleKind, ScaleSchema, await writes.ReadJsonAsync(request, ScaleSchema, cancellationToken), validation);
            change = _ => body;
        }

        var paths = subresource.ScalePaths!;
        var result = await updates.UpdateAsync(new UpdateRequest
        {
            Context = context,
            Definition = definition,
            Namespace = context.Info.ObjectNamespace,
            Name = context.Info.Name,
            Change = current => Scaled(context, definition, current!, change(View(current!, paths)), paths),
            Ownership = FieldOwnership.ForUpdate(context),
        }, cancellationToken);
        var stored = (JsonObject)JsonNode.Parse(result.Json)!;
        await ResponseWriter.SendAsync(context, DocumentJson.Encode(View(stored, paths)), 200, format, cancellationToken);
    }

    private static byte[] Patched(PatchBody patch, JsonObject scale)
    {
        // A Scale has no lists: a strategic merge patch of it is a merge patch.
        if (patch.Form == PatchForm.Json)
            return DocumentJson.Encode(Api.Patches.JsonPatch.Apply(scale, (JsonArray)patch.Patch));
        Api.Patches.MergePatch.Apply(scale, (JsonObject)patch.Patch);
        return DocumentJson.Encode(scale);
    }

    private static JsonObject Scaled(RequestContext context, ResourceDefinition definition, JsonObject current, JsonObject scale, ScalePaths paths)
    {
        var replicas = scale.LongAt("spec.replicas") ?? 0;
        if (replicas < 0)
        {
            var errors = new FieldErrors();
            errors.Invalid(FieldPath.Of("spec").Child("replicas"), replicas, "must be greater than or equal to 0");
            throw ApiErrors.Invalid(ScaleKind, context.Info.Name, errors);
        }

        if (scale.StringAt("metadata.resourceVersion") is { Length: > 0 } version)
            current.SetAt("metadata.resourceVersion", version);
        if (scale.StringAt("metadata.uid") is { Length: > 0 } uid)
            current.SetAt("metadata.uid", uid);
        current.SetAt(paths.SpecReplicas, (int)replicas);
        return ObjectDecoder.DecodeWithDefaults(context, definition, DocumentJson.Encode(current), FieldValidation.Ignore);
    }

    private static JsonObject View(JsonObject document, ScalePaths paths)
    {
        var metadata = new JsonObject();
        foreach (var field in (ReadOnlySpan<string>)["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            if (document["metadata"]?[field] is { } value)
                metadata[field] = value.DeepClone();
        }

        var status = new JsonObject { ["replicas"] = (int)(document.LongAt(paths.StatusReplicas) ?? 0) };
        if (SelectorText(document.At(paths.Selector)) is { Length: > 0 } selector)
            status["selector"] = selector;
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = (int)(document.LongAt(paths.SpecReplicas) ?? 0) },
            ["status"] = status,
        };
    }

    private static string SelectorText(JsonNode? selector) => selector switch
    {
        JsonObject when selector["matchLabels"] is not null || selector["matchExpressions"] is not null =>
            LabelMatcher.Of(selector.Deserialize(ApiJson.TypeInfo<LabelSelector>())).ToString(),
        JsonObject labels => string.Join(',', labels.Select(label => $"{label.Key}={label.Value.Text()}")),
        _ => selector.Text() ?? "",
    };
}
