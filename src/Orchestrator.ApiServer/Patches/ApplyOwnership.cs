using System.Text.Json.Nodes;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Patches;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Patches;

/// <summary>
/// Server-side apply: merges the configuration a manager applies, removes what it applied before and gave up, and refuses to take
/// fields from other managers unless forced. Source: KEP-555.
/// </summary>
internal sealed class ApplyOwnership(RequestContext context, bool force, FieldValidation validation) : FieldOwnership(context)
{
    private ManagedFields? managed;

    /// <exception cref="ApiException">422: no field manager was named.</exception>
    public static ApplyOwnership Create(RequestContext context)
    {
        var query = context.Http!.Request.Query;
        if (query["fieldManager"].ToString().Length == 0)
        {
            var errors = new FieldErrors();
            errors.Required(FieldPath.Of("fieldManager"), "is required for apply patch");
            throw ApiErrors.Invalid(new("meta.k8s.io", "v1", "PatchOptions"), "", errors);
        }

        return new ApplyOwnership(context, RequestInfoReader.IsTrue(query["force"]), WriteEndpoint.ValidationOf(context.Http.Request));
    }

    public override JsonObject Apply(JsonObject? current, PatchBody patch, ResourceDefinition definition, Func<byte[], JsonObject> decode)
    {
        var configuration = ObjectDecoder.Decode(Context, definition.Kind, definition.Schema, DocumentJson.Encode(patch.Patch), validation);
        if (configuration.At("metadata.managedFields") is not null)
            throw ApiErrors.BadRequest("metadata.managedFields must be nil");
        var applied = OwnedFields(configuration, definition);
        managed = ManagedFields.Read(current);
        var key = KeyOf(definition, ManagedFields.Apply);
        var merged = current is null ? configuration : Merge(current, configuration, applied, key, definition);
        managed.Set(key, applied, Context.Received);
        return decode(DocumentJson.Encode(merged));
    }

    public override void Record(ResourceDefinition definition, JsonObject? before, JsonObject after) => managed!.Write(after);

    private JsonObject Merge(JsonObject live, JsonObject configuration, FieldSet applied, ManagerKey key, ResourceDefinition definition)
    {
        var merged = (JsonObject)live.DeepClone();
        ApplyMerge.Apply(merged, configuration, definition.Schema);
        if (managed!.Find(key) is { } formerly)
        {
            var givenUp = formerly.Copy();
            givenUp.ExceptWith(applied);
            KeepWhatOthersHold(givenUp, managed.HeldByOthers(key), applied);
            ApplyMerge.Remove(merged, givenUp, definition.Schema);
        }

        var (set, removed) = Changes(definition, live, merged);
        var conflicts = managed.Conflicts(key, set);
        if (conflicts.Count > 0 && !force)
            throw Conflict(conflicts);
        managed.TakeFromOthers(key, set);
        managed.TakeFromOthers(key, removed);
        return merged;
    }

    /// <summary>Leaves in the set what may really go: nothing that others hold, and no container of such a thing.</summary>
    private static void KeepWhatOthersHold(FieldSet givenUp, FieldSet others, FieldSet applied)
    {
        if (!others.IsEmpty || !applied.IsEmpty)
            givenUp.IsMember = false;
        foreach (var (name, child) in givenUp.Children.ToList())
        {
            KeepWhatOthersHold(child, others.Find(name) ?? new FieldSet(), applied.Find(name) ?? new FieldSet());
            if (child.IsEmpty)
                givenUp.Remove(name);
        }
    }

    private FieldSet OwnedFields(JsonObject configuration, ResourceDefinition definition)
    {
        var fields = FieldSets.Of(configuration, definition.Schema);
        Strip(fields);
        var isStatus = Context.Info.Subresource == "status";
        foreach (var (name, _) in fields.Children.ToList())
        {
            // What this endpoint does not write, its manager does not own.
            if (isStatus ? name is not ("f:status" or "f:metadata") : name == "f:status" && definition.HasStatus)
                fields.Remove(name);
        }

        return fields;
    }

    private static ApiException Conflict(List<(ManagerKey Key, string Time, FieldSet Fields)> conflicts)
    {
        var causes = new List<StatusCause>();
        var lines = new List<string>();
        foreach (var (key, time, fields) in conflicts)
        {
            var who = NameOf(key, time);
            var paths = fields.Paths();
            lines.Add(paths.Count == 1 && conflicts.Count == 1 ? $"conflict with {who}: {paths[0]}" : $"conflicts with {who}:\n- {string.Join("\n- ", paths)}");
            causes.AddRange(paths.Select(path => new StatusCause { Reason = "FieldManagerConflict", Message = $"conflict with {who}", Field = path }));
        }

        var noun = causes.Count == 1 ? "1 conflict" : $"{causes.Count} conflicts";
        return ApiErrors.Make(409, StatusReason.Conflict, $"Apply failed with {noun}: {string.Join('\n', lines)}", new StatusDetails { Causes = causes });
    }

    private static string NameOf(ManagerKey key, string time)
    {
        var subresource = key.Subresource.Length == 0 ? "" : $" with subresource \"{key.Subresource}\"";
        var at = time.Length == 0 ? "" : $" at {time}";
        return key.Operation == ManagedFields.Update ? $"\"{key.Manager}\"{subresource} using {key.ApiVersion}{at}" : $"\"{key.Manager}\"{subresource}";
    }
}
