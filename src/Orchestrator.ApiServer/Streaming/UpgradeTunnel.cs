using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Streaming;

/// <summary>
/// Joins a client that asked for another protocol (HTTP Upgrade) with a backend that is asked for the same: first the backend's
/// answer, then bytes in both directions until both have ended.
/// </summary>
/// <remarks>RFC 9110 section 7.8. A backend that does not switch answers with an ordinary response, which becomes the error.</remarks>
internal static class UpgradeTunnel
{
    private const int MaxHeadBytes = 32 * 1024;
    private const int MaxErrorBytes = 64 * 1024;

    /// <summary>How long a backend may go on after its client has ended.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private static readonly string[] NotPassed = ["Host", "Authorization", "Content-Length", "Transfer-Encoding", "Cookie"];

    public static bool IsUpgrade(HttpContext http) => http.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true;

    /// <param name="connect">Opens the connection to the backend.</param>
    /// <param name="authority">Host and port of the backend, for its Host header.</param>
    /// <param name="path">Path and query, escaped.</param>
    /// <exception cref="Api.Errors.ApiException">The backend refused; nothing has been sent to the client yet.</exception>
    public static async Task RunAsync(
        HttpContext http, Func<CancellationToken, Task<Stream>> connect, string authority, string path, CancellationToken cancellationToken)
    {
        await using var backend = await connect(cancellationToken);
        await backend.WriteAsync(RequestHead(http.Request, authority, path), cancellationToken);
        await backend.FlushAsync(cancellationToken);
        var (head, rest) = await ReadHeadAsync(backend, cancellationToken);
        if (head.Code != 101)
            throw await FaultOfAsync(head, rest, backend, cancellationToken);

        foreach (var (name, value) in head.Headers)
        {
            if (!name.Equals("Date", StringComparison.OrdinalIgnoreCase) && !name.Equals("Server", StringComparison.OrdinalIgnoreCase))
                http.Response.Headers.Append(name, value);
        }

        await using var client = await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        await client.WriteAsync(rest, cancellationToken);
        await JoinAsync(client, backend, cancellationToken);
    }

    private static byte[] RequestHead(HttpRequest request, string authority, string path)
    {
        var head = new StringBuilder();
        head.Append(request.Method).Append(' ').Append(path).Append(" HTTP/1.1\r\nHost: ").Append(authority).Append("\r\n");
        foreach (var (name, values) in request.Headers)
        {
            if (NotPassed.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (var value in values)
                head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    /// <returns>The response's head, and what was read behind it.</returns>
    private static async Task<(Head Head, ReadOnlyMemory<byte> Behind)> ReadHeadAsync(Stream backend, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxHeadBytes];
        var length = 0;
        while (true)
        {
            var count = await backend.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (count == 0)
                throw ApiErrors.Internal("error dialing backend: the connection was closed before a response came");
            var searchFrom = Math.Max(0, length - 3);
            length += count;
            var end = buffer.AsSpan(searchFrom, length - searchFrom).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                end += searchFrom;
                return (Head.Parse(Encoding.Latin1.GetString(buffer, 0, end)), buffer.AsMemory(end + 4, length - end - 4));
            }

            if (length == buffer.Length)
                throw ApiErrors.Internal("error dialing backend: the head of its response is too long");
        }
    }

    private static async Task<Api.Errors.ApiException> FaultOfAsync(Head head, ReadOnlyMemory<byte> rest, Stream backend, CancellationToken cancellationToken)
    {
        var body = await ReadErrorAsync(head, rest, backend, cancellationToken);
        var text = Encoding.UTF8.GetString(body).Trim();
        return head.Code switch
        {
            400 => ApiErrors.BadRequest(text),
            404 => ApiErrors.Make(404, Api.Errors.StatusReason.NotFound, text, null),
            _ => ApiErrors.Internal(text.Length == 0 ? $"unable to upgrade connection: {head.Code}" : $"unable to upgrade connection: {text}"),
        };
    }

    /// <summary>The body of a refusal, whichever way its end is told: by length, by chunks, or by the end of the connection.</summary>
    private static async Task<byte[]> ReadErrorAsync(Head head, ReadOnlyMemory<byte> rest, Stream backend, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        body.Write(rest.Span);
        var buffer = new byte[4096];
        while (!IsComplete(head, body) && body.Length < MaxErrorBytes && await backend.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            body.Write(buffer, 0, count);
        return head.IsChunked ? Unchunk(body.ToArray()) : body.ToArray();
    }

    private static bool IsComplete(Head head, MemoryStream body) => head.IsChunked
        ? body.GetBuffer().AsSpan(0, (int)body.Length).EndsWith("0\r\n\r\n"u8)
        : body.Length >= (head.ContentLength ?? long.MaxValue);

    /// <summary>RFC 9112 section 7.1. What is damaged is left out: this is a text for people.</summary>
    private static byte[] Unchunk(ReadOnlySpan<byte> chunks)
    {
        using var body = new MemoryStream();
        while (chunks.IndexOf("\r\n"u8) is > 0 and var end
            && int.TryParse(chunks[..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size)
            && size > 0 && end + 2 + size <= chunks.Length)
        {
            body.Write(chunks.Slice(end + 2, size));
            chunks = chunks[Math.Min(end + 2 + size + 2, chunks.Length)..];
        }

        return body.ToArray();
    }

    /// <summary>
    /// Until the backend has said all it has to say, or the connection breaks. A client that has ended its side may still read.
    /// </summary>
    private static async Task JoinAsync(Stream client, Stream backend, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var toBackend = CopyAsync(client, backend, ended.Token);
        var toClient = CopyAsync(backend, client, ended.Token);
        await Task.WhenAny(toBackend, toClient);
        if (toBackend.IsCompleted && !toClient.IsCompleted)
            ended.CancelAfter(LastWords);
        else
            await ended.CancelAsync();
        await Task.WhenAll(toBackend, toClient);
    }

    private static async Task CopyAsync(Stream source, Stream target, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (await source.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                await target.FlushAsync(cancellationToken);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone: the tunnel ends, as it does when a side closes in order.
        }
    }

    private sealed record Head(int Code, List<(string Name, string Value)> Headers)
    {
        public long? ContentLength =>
            Headers.Find(header => header.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value is { } text
                && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;

        public bool IsChunked => Headers.Exists(header => header.Name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
            && header.Value.Contains("chunked", StringComparison.OrdinalIgnoreCase));

        public static Head Parse(string text)
        {
            var lines = text.Split("\r\n");
            if (lines[0].Split(' ', 3) is not [var version, var code, ..] || !version.StartsWith("HTTP/1.", StringComparison.Ordinal)
                || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw ApiErrors.Internal("error dialing backend: its response is not HTTP/1.1");
            var headers = new List<(string, string)>();
            foreach (var line in lines.AsSpan(1))
            {
                if (line.Split(':', 2) is [var name, var value])
                    headers.Add((name, value.Trim()));
            }

            return new Head(number, headers);
        }
    }
}
