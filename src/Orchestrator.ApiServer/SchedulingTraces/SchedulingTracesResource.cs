using System.Buffers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Lab.V1Alpha1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.SchedulingTraces;

/// <summary>
/// lab.orc.dev/v1alpha1 schedulingtraces: GET one by the name of its pod, or a list of them; POST of a whole SchedulingTraceList to the
/// collection of all namespaces, by which a scheduler tells what it found.
/// </summary>
internal sealed class SchedulingTracesResource(SchedulingTraceStore traces) : IVirtualResource
{
    private const int MaxBodyBytes = 3 * 1024 * 1024;
    private const int MaxPage = 500;

    public ResourceAttribute Names { get; } = typeof(SchedulingTrace).GetCustomAttribute<ResourceAttribute>()!;

    public IReadOnlyList<string> Verbs { get; } = ["create", "get", "list"];

    public async Task HandleAsync(RequestContext context, CancellationToken cancellationToken)
    {
        try
        {
            await (context.Info.Verb switch
            {
                "create" => CreateAsync(context, cancellationToken),
                "get" => GetAsync(context, cancellationToken),
                _ => ListAsync(context, cancellationToken),
            });
        }
        catch (StoreException error)
        {
            throw StoreFailures.ToApi(error);
        }
    }

    private async Task GetAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var format = ResponseFormat.Choose(context.Http!.Request, allowsShapes: false, allowsProtobuf: false);
        var body = await traces.ReadAsync(new ObjectKey(context.Info.Namespace, context.Info.Name), cancellationToken)
            ?? throw ApiErrors.NotFound(new GroupVersionResource(Names.Group, Names.Version, Names.Plural), context.Info.Name);
        await ResponseWriter.SendAsync(context, body, 200, format, cancellationToken);
    }

    private async Task ListAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var request = context.Http!.Request;
        var format = ResponseFormat.Choose(request, allowsShapes: false, allowsProtobuf: false);
        var limit = int.TryParse(request.Query["limit"], out var asked) && asked is > 0 and < MaxPage ? asked : MaxPage;
        // One more than is shown, to know where the next page begins.
        var page = await traces.ListAsync(context.Info.Namespace, StartKey(request.Query["continue"].ToString()), limit + 1, cancellationToken);
        await ResponseWriter.SendAsync(context, Join(page, limit), 200, format, cancellationToken);
    }

    // Only a scheduler writes them, and for pods of any namespace; the right to do so in one namespace means nothing.
    private async Task CreateAsync(RequestContext context, CancellationToken cancellationToken)
    {
        if (context.Info.Namespace.Length > 0 || context.Info.Name.Length > 0)
            throw ApiErrors.MethodNotAllowed("traces are posted as a SchedulingTraceList to /apis/lab.orc.dev/v1alpha1/schedulingtraces");
        var body = await BodyReader.ReadAsync(context.Http!.Request, MaxBodyBytes, cancellationToken);
        KubernetesList<SchedulingTrace> list;
        try
        {
            list = ApiJson.Deserialize<KubernetesList<SchedulingTrace>>(body);
        }
        catch (JsonException error)
        {
            throw ApiErrors.BadRequest($"the body is no SchedulingTraceList: {error.Message}");
        }

        if (list.Items is null || !list.Items.All(IsWellFormed))
            throw ApiErrors.BadRequest("each trace must have metadata.name, metadata.namespace and podUid of its pod");
        await traces.WriteAsync(list.Items, cancellationToken);
        await ResponseWriter.WriteAsync(context.Http, ApiJson.Serialize(new Status { ApiVersion = "v1", Kind = "Status", StatusValue = "Success" }), "application/json", 201, cancellationToken);
    }

    private static bool IsWellFormed(SchedulingTrace? trace) =>
        trace?.Metadata is not null && IsPart(trace.Metadata.Name) && IsPart(trace.Metadata.Namespace) && IsPart(trace.PodUid);

    // Parts of a key: short, and nothing that could reach into another key.
    private static bool IsPart(string? text) => text is { Length: > 0 and <= 253 } && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.');

    private static string? StartKey(string token)
    {
        if (token.Length == 0)
            return null;
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(token));
        }
        catch (FormatException)
        {
            throw ApiErrors.BadRequest("continue key is not valid");
        }
    }

    private static byte[] Join(RangeResult page, int limit)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "lab.orc.dev/v1alpha1");
            json.WriteString("kind", "SchedulingTraceList");
            json.WriteStartObject("metadata");
            if (page.Items.Count > limit)
                json.WriteString("continue", Convert.ToBase64String(Encoding.UTF8.GetBytes(page.Items[limit].Key)));
            json.WriteEndObject();
            json.WriteStartArray("items");
            foreach (var item in page.Items.Take(limit))
                json.WriteRawValue(item.Value.Span, skipInputValidation: true);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
