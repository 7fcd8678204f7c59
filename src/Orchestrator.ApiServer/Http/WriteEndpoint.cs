using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Api;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Documents.Protobuf;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Schema;
using Orchestrator.Api.Serialization;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Documents;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.ApiServer.Patches;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Http;

/// <summary>The create, update, patch, delete and deletecollection verbs of stored kinds and their views.</summary>
internal sealed class WriteEndpoint(
    CreateWriter creates, UpdateWriter updates, DeleteWriter deletes, ListReader lists, ReadEndpoint reads, ApiServerOptions options)
{
    /// <summary>Deletions of a collection that run at once.</summary>
    private const int CollectionParallelism = 16;

    private const string BodyTypes = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

    private static readonly SchemaNode DeleteOptionsSchema = RecordSchema.Of(typeof(DeleteOptions));

    public async Task CreateAsync(RequestContext context, ResourceDefinition definition, CancellationToken cancellationToken)
    {
        var format = ReadOptions(context);
        var body = await ReadJsonAsync(context.Http!.Request, definition.Schema, cancellationToken);
        var document = ObjectDecoder.DecodeWithDefaults(context, definition, body, ValidationOf(context.Http.Request));
        var ownership = FieldOwnership.ForUpdate(context);
        var result = await creates.CreateAsync(context, definition, context.Info.ObjectNamespace, new ApiObject(document), ownership, cancellationToken);
        await reads.SendAsync(context, definition, result.Json, result.Code, format, cancellationToken);
    }

    public async Task UpdateAsync(RequestContext context, ResourceDefinition definition, Subresource? view, CancellationToken cancellationToken)
    {
        var format = ReadOptions(context);
        var body = await ReadJsonAsync(context.Http!.Request, definition.Schema, cancellationToken);
        var document = ObjectDecoder.DecodeWithDefaults(context, definition, body, ValidationOf(context.Http.Request));
        var result = await updates.UpdateAsync(new UpdateRequest
        {
            Context = context,
            Definition = definition,
            View = view,
            Namespace = context.Info.ObjectNamespace,
            Name = context.Info.Name,
            Change = _ => (JsonObject)document.DeepClone(),
            Ownership = FieldOwnership.ForUpdate(context),
            IsReplace = true,
            MayCreate = definition.Strategy.AllowsCreateOnUpdate,
        }, cancellationToken);
        await reads.SendAsync(context, definition, result.Json, result.Code, format, cancellationToken);
    }

    public async Task PatchAsync(RequestContext context, ResourceDefinition definition, Subresource? view, CancellationToken cancellationToken)
    {
        var format = ReadOptions(context);
        var request = context.Http!.Request;
        var patch = PatchBody.Read(request, await BodyReader.ReadAsync(request, options.MaxBodyBytes, cancellationToken), definition);
        var validation = ValidationOf(request);
        var ownership = patch.IsApply ? ApplyOwnership.Create(context) : FieldOwnership.ForUpdate(context);
        var result = await updates.UpdateAsync(new UpdateRequest
        {
            Context = context,
            Definition = definition,
            View = view,
            Namespace = context.Info.ObjectNamespace,
            Name = context.Info.Name,
            Change = current => ownership.Apply(current, patch, definition, changed => ObjectDecoder.DecodeWithDefaults(context, definition, changed, validation)),
            Ownership = ownership,
            IsApply = patch.IsApply,
            MayCreate = patch.IsApply,
        }, cancellationToken);
        await reads.SendAsync(context, definition, result.Json, result.Code, format, cancellationToken);
    }

    public async Task DeleteAsync(RequestContext context, ResourceDefinition definition, CancellationToken cancellationToken)
    {
        var format = ReadOptions(context);
        var deletion = await ReadDeleteOptionsAsync(context, cancellationToken);
        var result = await deletes.DeleteAsync(context, definition, context.Info.ObjectNamespace, context.Info.Name, deletion, cancellationToken);
        var body = result.Removed && definition.Strategy.ReportsDeletionAsStatus ? DeletedStatus(definition, context.Info.Name, result.Uid) : result.Json;
        await ResponseWriter.SendAsync(context, body, 200, format, cancellationToken);
    }

    public async Task DeleteCollectionAsync(RequestContext context, ResourceDefinition definition, CancellationToken cancellationToken)
    {
        var format = ReadOptions(context);
        var deletion = await ReadDeleteOptionsAsync(context, cancellationToken);
        if (deletion.IgnoreStoreReadErrorWithClusterBreakingPotential == true)
            throw ApiErrors.BadRequest("ignoreStoreReadErrorWithClusterBreakingPotential is not allowed with DELETECOLLECTION, try again after removing the option");
        var filter = EntryFilter.Create(definition, context.Info.ObjectNamespace, context.Info.LabelSelector, context.Info.FieldSelector);
        var request = ListRequest.Read(context.Http!.Request.Query, isWatch: false);
        var page = await lists.ReadAsync(definition, filter, request, cancellationToken);
        using var remaining = ((IEnumerable<CacheEntry>)page.Entries).GetEnumerator();
        await Task.WhenAll(Enumerable.Range(0, CollectionParallelism).Select(_ => DeleteRemainingAsync(context, definition, remaining, deletion, cancellationToken)));
        await reads.SendListAsync(context, definition, page, format, cancellationToken);
    }

    /// <summary>Takes one after the other until none is left; several of these share the entries.</summary>
    private async Task DeleteRemainingAsync(
        RequestContext context, ResourceDefinition definition, IEnumerator<CacheEntry> remaining, DeleteOptions deletion, CancellationToken cancellationToken)
    {
        while (TryTake(remaining) is { } entry)
        {
            try
            {
                await deletes.DeleteAsync(context, definition, entry.Namespace.ToString(), entry.Name.ToString(), deletion, cancellationToken);
            }
            catch (Api.Errors.ApiException error) when (error.Code == 404)
            {
                // Somebody else was faster: gone is what was asked for.
            }
        }
    }

    private static CacheEntry? TryTake(IEnumerator<CacheEntry> remaining)
    {
        lock (remaining)
            return remaining.MoveNext() ? remaining.Current : null;
    }

    /// <summary>Reads what all writes have in common: dryRun, fieldManager, the response's form.</summary>
    public static ResponseFormat ReadOptions(RequestContext context)
    {
        var request = context.Http!.Request;
        ReadDryRun(context, request.Query["dryRun"]);
        var manager = request.Query["fieldManager"].ToString();
        if (manager.Length > 128)
            throw ApiErrors.BadRequest("fieldManager: Too long: may not be more than 128 bytes");
        context.FieldManager = manager.Length > 0 ? manager : ManagerOf(request.Headers.UserAgent.ToString());
        return ResponseFormat.Choose(request, allowsShapes: true, allowsProtobuf: false);
    }

    /// <summary>The body as JSON, whatever form it came in.</summary>
    /// <exception cref="Api.Errors.ApiException">413, 415, or 400 for YAML that cannot be read.</exception>
    public async ValueTask<byte[]> ReadJsonAsync(HttpRequest request, SchemaNode schema, CancellationToken cancellationToken)
    {
        var media = MediaTypeOf(request);
        if (media is not ("" or "application/json" or "application/yaml" or "application/vnd.kubernetes.protobuf"))
            throw ApiErrors.UnsupportedMediaType(BodyTypes);
        var body = await BodyReader.ReadAsync(request, options.MaxBodyBytes, cancellationToken);
        return media switch
        {
            "application/yaml" => FromYaml(body),
            "application/vnd.kubernetes.protobuf" when body.Length > 0 => FromProtobuf(body, schema),
            _ => body,
        };
    }

    public static FieldValidation ValidationOf(HttpRequest request) => request.Query["fieldValidation"].ToString() switch
    {
        "" or "Warn" => FieldValidation.Warn,
        "Strict" => FieldValidation.Strict,
        "Ignore" => FieldValidation.Ignore,
        var other => throw ApiErrors.BadRequest($"fieldValidation: Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\""),
    };

    public static string MediaTypeOf(HttpRequest request)
    {
        var type = request.ContentType.AsSpan();
        return (type.IndexOf(';') is var end and >= 0 ? type[..end] : type).Trim().ToString();
    }

    public static byte[] FromYaml(ReadOnlySpan<byte> body)
    {
        try
        {
            return YamlBody.ToJson(body);
        }
        catch (DocumentException error)
        {
            throw ApiErrors.BadRequest($"error converting YAML to JSON: {error.Message}");
        }
    }

    private static byte[] FromProtobuf(ReadOnlySpan<byte> body, SchemaNode schema)
    {
        try
        {
            return DocumentJson.Encode(ProtoDecoder.Decode(body, schema));
        }
        catch (DocumentException error)
        {
            throw ApiErrors.BadRequest($"the object provided is unrecognized (must be of type {schema.TypeName}): {error.Message}");
        }
    }

    private async ValueTask<DeleteOptions> ReadDeleteOptionsAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var request = context.Http!.Request;
        var body = await ReadJsonAsync(request, DeleteOptionsSchema, cancellationToken);
        var deletion = body.Length == 0 ? new DeleteOptions() : DecodeDeleteOptions(body);
        foreach (var value in deletion.DryRun ?? [])
            ReadDryRun(context, value);
        var query = request.Query;
        if (query["gracePeriodSeconds"].ToString() is { Length: > 0 } grace)
            deletion = deletion with { GracePeriodSeconds = long.TryParse(grace, out var seconds) ? seconds : throw ApiErrors.BadRequest($"invalid gracePeriodSeconds \"{grace}\"") };
        if (query["propagationPolicy"].ToString() is { Length: > 0 } policy)
            deletion = deletion with { PropagationPolicy = policy };
        if (query["ignoreStoreReadErrorWithClusterBreakingPotential"].ToString() is { Length: > 0 } ignore)
            deletion = deletion with { IgnoreStoreReadErrorWithClusterBreakingPotential = RequestInfoReader.IsTrue(ignore) };
        if (query["orphanDependents"].ToString() is { Length: > 0 } orphan)
            deletion = deletion with { OrphanDependents = RequestInfoReader.IsTrue(orphan) };
        return deletion;
    }

    private static DeleteOptions DecodeDeleteOptions(byte[] body)
    {
        try
        {
            var decoded = DocumentDecoder.Decode(body, DeleteOptionsSchema);
            return decoded.Document["kind"].Text() is null or "DeleteOptions"
                ? ApiJson.Deserialize<DeleteOptions>(DocumentJson.Encode(decoded.Document))
                : throw ApiErrors.BadRequest($"decoded object cannot be converted to DeleteOptions: kind {decoded.Document["kind"].Text()}");
        }
        catch (Exception error) when (error is DocumentException or JsonException)
        {
            throw ApiErrors.BadRequest($"DeleteOptions in version \"v1\" cannot be handled as a DeleteOptions: {error.Message}");
        }
    }

    private static byte[] DeletedStatus(ResourceDefinition definition, string name, string uid) => ApiJson.Serialize(new Status
    {
        Kind = "Status",
        ApiVersion = "v1",
        Metadata = new ListMeta(),
        StatusValue = "Success",
        Details = new StatusDetails { Name = name, Group = definition.Resource.Group.Length == 0 ? null : definition.Resource.Group, Kind = definition.Names.Plural, Uid = uid },
    });

    private static void ReadDryRun(RequestContext context, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        if (value != "All")
            throw ApiErrors.BadRequest($"dryRun: Unsupported value: \"{value}\": supported values: \"All\"");
        context.DryRun = true;
    }

    /// <summary>"kubectl/v1.32.0 (linux/amd64)" is "kubectl".</summary>
    private static string ManagerOf(string userAgent)
    {
        var end = userAgent.AsSpan().IndexOfAny('/', ' ');
        var name = end < 0 ? userAgent : userAgent[..end];
        return name.Length <= 128 ? name : name[..128];
    }
}
