using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Client;

namespace Orchestrator.Benchmarks;

/// <summary>
/// One HTTP/1.1 connection over TLS, used by one thread, that costs as little as it can: what measures takes its share of the same
/// processors as what is measured.
/// </summary>
internal sealed class BenchConnection : IDisposable
{
    private readonly SslStream stream;
    private readonly string headers;
    private byte[] buffer = new byte[1 << 16];
    private int begin;
    private int end;

    public BenchConnection(ApiClientOptions options)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(options.Server.Host, options.Server.Port);
        stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        stream.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = options.Server.Host,
            ClientCertificates = options.ClientCertificate is { } certificate ? [certificate] : null,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => options.ClientCertificate!,
            // It is the server this program has started.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        var authorization = options.BearerToken is { } token ? $"Authorization: Bearer {token}\r\n" : "";
        headers = $"Host: {options.Server.Authority}\r\nContent-Type: application/json\r\nAccept: application/json\r\n{authorization}";
    }

    /// <summary>One request; a response larger than the connection's buffer is counted and dropped.</summary>
    public BenchResponse Send(string method, string path, string body = "")
    {
        var length = Begin(method, path, body, out var status);
        if (length is { } known)
            return new BenchResponse(status, known, known <= buffer.Length ? Take((int)known) : Drop(known));
        var total = 0L;
        while (ReadChunk() is { Length: > 0 } chunk)
            total += chunk.Length;
        return new BenchResponse(status, total, default);
    }

    /// <summary>As <see cref="Send"/>, and anything but success is an error: what fails is no work done.</summary>
    public BenchResponse SendChecked(string method, string path, string body = "")
    {
        var response = Send(method, path, body);
        return response.Status is >= 200 and < 300 ? response
            : throw new InvalidOperationException($"{method} {path}: {response.Status} {Encoding.UTF8.GetString(response.Body.Span)}");
    }

    /// <summary>Begins a response that does not end; <see cref="ReadEvents"/> reads it.</summary>
    public void OpenWatch(string path)
    {
        if (Begin("GET", path, "", out var status) is not null || status != 200)
            throw new InvalidOperationException($"the watch of {path} was answered with {status}");
    }

    /// <summary>Waits for more of the watch.</summary>
    /// <returns>How many events have come.</returns>
    public int ReadEvents() => ReadChunk() is { Length: > 0 } chunk ? chunk.Span.Count((byte)'\n') : throw new EndOfStreamException("the watch has ended");

    public void Dispose() => stream.Dispose();

    private long? Begin(string method, string path, string body, out int status)
    {
        stream.Write(Encoding.UTF8.GetBytes($"{method} {path} HTTP/1.1\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));
        status = Number(ReadLine()["HTTP/1.1 ".Length..]);
        long? length = null;
        while (ReadLine() is { Length: > 0 } line)
        {
            if (Ascii.EqualsIgnoreCase(line[..Math.Min(line.Length, 16)], "content-length: "u8))
                length = Number(line[16..]);
        }

        return length;
    }

    /// <summary>Of a chunked body; empty at its end.</summary>
    private ReadOnlyMemory<byte> ReadChunk()
    {
        if (!Utf8Parser.TryParse(ReadLine(), out int size, out _, 'x'))
            throw new InvalidDataException("the size of a chunk is no number");
        return Take(size + 2)[..size];
    }

    private ReadOnlySpan<byte> ReadLine()
    {
        while (true)
        {
            var length = buffer.AsSpan(begin, end - begin).IndexOf("\r\n"u8);
            if (length >= 0)
            {
                begin += length + 2;
                return buffer.AsSpan(begin - length - 2, length);
            }

            Fill(end - begin + 1);
        }
    }

    private ReadOnlyMemory<byte> Take(int count)
    {
        Fill(count);
        begin += count;
        return buffer.AsMemory(begin - count, count);
    }

    private ReadOnlyMemory<byte> Drop(long count)
    {
        for (var left = count; left > 0;)
            left -= Take((int)Math.Min(left, buffer.Length)).Length;
        return default;
    }

    private void Fill(int count)
    {
        if (begin + count > buffer.Length)
        {
            var target = count > buffer.Length ? new byte[count] : buffer;
            buffer.AsSpan(begin, end - begin).CopyTo(target);
            (buffer, begin, end) = (target, 0, end - begin);
        }

        while (end - begin < count)
        {
            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
                throw new EndOfStreamException("the server hung up");
            end += read;
        }
    }

    private static int Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int value, out _) ? value : throw new InvalidDataException($"'{Encoding.UTF8.GetString(text)}' is no number");
}

/// <param name="Length">Of the body, in bytes.</param>
/// <param name="Body">Valid until the connection is used again; empty when it was dropped.</param>
internal readonly record struct BenchResponse(int Status, long Length, ReadOnlyMemory<byte> Body);
