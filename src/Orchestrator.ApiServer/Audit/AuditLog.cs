using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orchestrator.Api.Serialization;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.ApiServer.Http;

namespace Orchestrator.ApiServer.Audit;

/// <summary>
/// One JSON line per request at audit level Metadata: who did what to which object, and what came of it. Lines are written by one
/// writer behind a bounded queue; when the disk cannot keep up, lines are dropped and counted rather than requests held.
/// </summary>
internal sealed partial class AuditLog : IAuditLog, IAsyncDisposable
{
    private const int MaxWaiting = 8192;

    private readonly Channel<byte[]> lines = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly ILogger<AuditLog> logger;
    private readonly Task writing;
    private long dropped;

    public AuditLog(string path, ILogger<AuditLog> logger)
    {
        this.logger = logger;
        writing = WriteAsync(path);
    }

    public void RequestCompleted(RequestContext context, int statusCode, TimeSpan duration)
    {
        // Probes ask several times a second and do nothing.
        if (context.Info.Path is "/healthz" or "/livez" or "/readyz")
            return;
        if (!lines.Writer.TryWrite(Line(context, statusCode, duration)))
            Interlocked.Increment(ref dropped);
    }

    public async ValueTask DisposeAsync()
    {
        lines.Writer.TryComplete();
        await writing;
    }

    private static byte[] Line(RequestContext context, int statusCode, TimeSpan duration)
    {
        using var stream = new MemoryStream(512);
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", "Event");
            writer.WriteString("apiVersion", "audit.k8s.io/v1");
            writer.WriteString("level", "Metadata");
            writer.WriteString("stage", "ResponseComplete");
            writer.WriteString("requestURI", context.Info.Path);
            writer.WriteString("verb", context.Info.Verb);
            writer.WriteStartObject("user");
            writer.WriteString("username", context.User.Name);
            writer.WriteStartArray("groups");
            foreach (var group in context.User.Groups)
                writer.WriteStringValue(group);
            writer.WriteEndArray();
            writer.WriteEndObject();
            if (context.Http is { } http)
            {
                writer.WriteStartArray("sourceIPs");
                writer.WriteStringValue(http.Connection.RemoteIpAddress?.ToString());
                writer.WriteEndArray();
                writer.WriteString("userAgent", http.Request.Headers.UserAgent.ToString());
            }

            WriteObject(writer, context.Info);
            writer.WriteStartObject("responseStatus");
            writer.WriteNumber("code", statusCode);
            writer.WriteEndObject();
            writer.WriteString("requestReceivedTimestamp", TimeConverter.Format(context.Received));
            writer.WriteNumber("durationMilliseconds", Math.Round(duration.TotalMilliseconds, 3));
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void WriteObject(Utf8JsonWriter writer, RequestInfo info)
    {
        if (!info.IsResourceRequest)
            return;
        writer.WriteStartObject("objectRef");
        writer.WriteString("resource", info.Resource);
        writer.WriteString("namespace", info.Namespace);
        writer.WriteString("name", info.Name);
        writer.WriteString("apiGroup", info.Group);
        writer.WriteString("apiVersion", info.Version);
        if (info.Subresource.Length > 0)
            writer.WriteString("subresource", info.Subresource);
        writer.WriteEndObject();
    }

    private async Task WriteAsync(string path)
    {
        try
        {
            await using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            while (await lines.Reader.WaitToReadAsync())
            {
                while (lines.Reader.TryRead(out var line))
                    await file.WriteAsync(line);
                await file.FlushAsync();
                if (Interlocked.Exchange(ref dropped, 0) is > 0 and var count)
                    LogDropped(count);
            }
        }
        catch (IOException error)
        {
            LogFailed(error, path);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} audit lines were dropped: the disk does not keep up")]
    private partial void LogDropped(long count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit log {Path} cannot be written any more")]
    private partial void LogFailed(Exception error, string path);
}
