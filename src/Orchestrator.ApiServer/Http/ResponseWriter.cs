using System.Buffers;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Serialization;
using Orchestrator.ApiServer.Documents;

namespace Orchestrator.ApiServer.Http;

/// <summary>Sends bodies and refusals.</summary>
internal static class ResponseWriter
{
    /// <summary>Smaller bodies are not worth compressing. Kubernetes' threshold.</summary>
    private const int GzipThreshold = 128 * 1024;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends a whole JSON body in the form that was asked for.</summary>
    public static Task SendAsync(RequestContext context, ReadOnlyMemory<byte> json, int code, ResponseFormat format, CancellationToken cancellationToken)
    {
        var http = context.Http!;
        SetWarnings(context);
        return format switch
        {
            { Media: MediaType.Yaml } => WriteAsync(http, YamlBody.FromJson(json.Span), "application/yaml", code, cancellationToken),
            { Pretty: true } => WriteAsync(http, Indent(json.Span), "application/json", code, cancellationToken),
            _ => WriteAsync(http, json, "application/json", code, cancellationToken),
        };
    }

    public static Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> body, string contentType, int code, CancellationToken cancellationToken)
    {
        var response = http.Response;
        response.StatusCode = code;
        response.ContentType = contentType;
        if (body.Length > GzipThreshold && AcceptsGzip(http.Request))
            return WriteGzipAsync(response, body, cancellationToken);
        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(http.Request.Method))
            return Task.CompletedTask;
        var writer = response.BodyWriter;
        writer.Write(body.Span);
        return writer.FlushAsync(cancellationToken).AsTask();
    }

    /// <summary>Sends a refusal, unless the response has begun: then the connection ends, so that nobody takes half a body for a whole.</summary>
    public static Task SendErrorAsync(RequestContext context, ApiException error, CancellationToken cancellationToken)
    {
        var http = context.Http!;
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        SetWarnings(context);
        if (error.RetryAfterSeconds is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var body = ApiJson.Serialize(error.Status);
        return WriteAsync(http, body, "application/json", error.Code, cancellationToken);
    }

    public static bool AcceptsGzip(HttpRequest request) => request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal);

    public static void SetWarnings(RequestContext context)
    {
        foreach (var warning in context.Warnings)
            context.Http!.Response.Headers.Append("Warning", $"299 - \"{warning.Replace("\\", "\\\\").Replace("\"", "\\\"").ReplaceLineEndings(" ")}\"");
    }

    private static async Task WriteGzipAsync(HttpResponse response, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        response.Headers.ContentEncoding = "gzip";
        response.Headers.AppendCommaSeparatedValues("Vary", "Accept-Encoding");
        await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await gzip.WriteAsync(body, cancellationToken);
    }

    private static byte[] Indent(ReadOnlySpan<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(json.Length * 2);
        using (var writer = new Utf8JsonWriter(buffer, Indented))
            JsonNode.Parse(json)!.WriteTo(writer);
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
