using System.Buffers;
using System.Buffers.Text;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Http;

/// <summary>The get and list verbs.</summary>
internal sealed class ReadEndpoint(ObjectStore objects, ListReader lists, TimeProvider time)
{
    /// <summary>A list is handed to the connection in pieces of about this size.</summary>
    private const int FlushBytes = 256 * 1024;

    private const int GzipThreshold = 128 * 1024;

    public async Task GetAsync(RequestContext context, ResourceDefinition definition, CancellationToken cancellationToken)
    {
        var format = ResponseFormat.Choose(context.Http!.Request, allowsShapes: true, allowsProtobuf: false);
        var found = await FindAsync(context, definition, cancellationToken) ?? throw ApiErrors.NotFound(definition.Resource, context.Info.Name);
        await SendAsync(context, definition, found.Json, 200, format, cancellationToken);
    }

    /// <summary>Sends one object in the shape that was asked for.</summary>
    public Task SendAsync(RequestContext context, ResourceDefinition definition, byte[] json, int code, ResponseFormat format, CancellationToken cancellationToken)
    {
        var body = format.Shape switch
        {
            Shape.Table => TableOf(context, definition, json),
            Shape.PartialMetadata => PartialMetadata.Of(json),
            _ => json,
        };
        return ResponseWriter.SendAsync(context, body, code, format, cancellationToken);
    }

    public async Task ListAsync(RequestContext context, ResourceDefinition definition, CancellationToken cancellationToken)
    {
        var http = context.Http!;
        var format = ResponseFormat.Choose(http.Request, allowsShapes: true, allowsProtobuf: false);
        var request = ListRequest.Read(http.Request.Query, isWatch: false);
        var filter = EntryFilter.Create(definition, context.Info.ObjectNamespace, context.Info.LabelSelector, context.Info.FieldSelector);
        var page = await lists.ReadAsync(definition, filter, request, cancellationToken);
        await SendListAsync(context, definition, page, format, cancellationToken);
    }

    /// <summary>Sends many objects in the shape that was asked for.</summary>
    public async Task SendListAsync(RequestContext context, ResourceDefinition definition, ListPage page, ResponseFormat format, CancellationToken cancellationToken)
    {
        var http = context.Http!;
        if (format.Shape == Shape.Table)
            await ResponseWriter.SendAsync(context, TableWriter.Write(definition, page, TableWriter.IncludeObject(http.Request), time.GetUtcNow()), 200, format, cancellationToken);
        else if (format is { Media: MediaType.Json, Pretty: false })
            await StreamAsync(http, definition, page, format.Shape == Shape.Object, cancellationToken);
        else
            await ResponseWriter.SendAsync(context, Join(definition, page, format.Shape == Shape.Object), 200, format, cancellationToken);
    }

    private async ValueTask<StoredObject?> FindAsync(RequestContext context, ResourceDefinition definition, CancellationToken cancellationToken)
    {
        var version = context.Http!.Request.Query["resourceVersion"].ToString();
        if (version.Length == 0)
            return await objects.GetLatestAsync(definition, context.Info.ObjectNamespace, context.Info.Name, cancellationToken);
        if (!long.TryParse(version, out var wanted))
            throw ApiErrors.BadRequest($"Invalid value: \"{version}\": strconv.ParseUint: parsing \"{version}\": invalid syntax");
        await lists.WaitAsync(wanted, cancellationToken);
        return await objects.GetCachedOrLatestAsync(definition, context.Info.ObjectNamespace, context.Info.Name, cancellationToken);
    }

    private byte[] TableOf(RequestContext context, ResourceDefinition definition, byte[] json)
    {
        var info = context.Info;
        var path = ObjectStore.PathOf(info.ObjectNamespace, info.Name);
        var entry = new CacheEntry(definition, path, 0, json);
        return TableWriter.Write(definition, new ListPage([entry], 0, null, null, json.Length), TableWriter.IncludeObject(context.Http!.Request), time.GetUtcNow());
    }

    private static async Task StreamAsync(HttpContext http, ResourceDefinition definition, ListPage page, bool whole, CancellationToken cancellationToken)
    {
        http.Response.ContentType = "application/json";
        if (page.TotalBytes > GzipThreshold && ResponseWriter.AcceptsGzip(http.Request))
        {
            http.Response.Headers.ContentEncoding = "gzip";
            http.Response.Headers.Vary = "Accept-Encoding";
            await using var gzip = new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
            var zipped = PipeWriter.Create(gzip, new StreamPipeWriterOptions(leaveOpen: true, minimumBufferSize: 64 * 1024));
            await WriteAsync(zipped, definition, page, whole, cancellationToken);
            await zipped.CompleteAsync();
            return;
        }

        await WriteAsync(http.Response.BodyWriter, definition, page, whole, cancellationToken);
    }

    private static byte[] Join(ResourceDefinition definition, ListPage page, bool whole)
    {
        var buffer = new ArrayBufferWriter<byte>((int)page.TotalBytes + 512);
        WriteHead(buffer, definition, page, whole);
        for (var i = 0; i < page.Entries.Count; i++)
            WriteItem(buffer, page.Entries[i], i, whole);
        buffer.Write("]}\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static async Task WriteAsync(PipeWriter writer, ResourceDefinition definition, ListPage page, bool whole, CancellationToken cancellationToken)
    {
        WriteHead(writer, definition, page, whole);
        long unflushed = 0;
        for (var i = 0; i < page.Entries.Count; i++)
        {
            unflushed += WriteItem(writer, page.Entries[i], i, whole);
            if (unflushed < FlushBytes)
                continue;
            await writer.FlushAsync(cancellationToken);
            unflushed = 0;
        }

        writer.Write("]}\n"u8);
        await writer.FlushAsync(cancellationToken);
    }

    private static int WriteItem(IBufferWriter<byte> writer, CacheEntry entry, int index, bool whole)
    {
        if (index > 0)
            writer.Write(","u8);
        var json = whole ? entry.Json : PartialMetadata.Of(entry.Json);
        writer.Write(json);
        return json.Length + 1;
    }

    private static void WriteHead(IBufferWriter<byte> writer, ResourceDefinition definition, ListPage page, bool whole)
    {
        using var json = new Utf8JsonWriter(writer, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("kind", whole ? definition.Kind.Kind + "List" : "PartialObjectMetadataList");
        json.WriteString("apiVersion", whole ? definition.Kind.ApiVersion : "meta.k8s.io/v1");
        TableWriter.WriteListMeta(json, page);
        json.WritePropertyName("items");
        json.WriteStartArray();
        json.Flush();
    }
}
