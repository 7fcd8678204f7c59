using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Api.Errors;

namespace Orchestrator.Client;

/// <summary>Reads the answer to a watch: one JSON event per line, for as long as the server keeps it open.</summary>
internal static class WatchStream
{
    /// <summary>Longest watch event accepted: several times the largest object the store takes.</summary>
    private const int MaxLineBytes = 16 << 20;

    /// <exception cref="ApiException">The connection broke, the server sent an ERROR event, or what it sent is not a watch.</exception>
    public static async IAsyncEnumerable<WatchEvent<T>> ReadAsync<T>(
        HttpResponseMessage response, Uri server, JsonTypeInfo<T> typeInfo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            bool ended;
            do
            {
                var result = await ReadAsync(reader, server, cancellationToken);
                var buffer = result.Buffer;
                while (TryReadLine(ref buffer, out var line))
                {
                    if (WatchLine.Parse(line, typeInfo) is { } watchEvent)
                        yield return watchEvent;
                }

                ended = result.IsCompleted;
                if (buffer.Length > MaxLineBytes)
                    throw ApiErrors.Make(500, StatusReason.InternalError, $"a watch event is larger than {MaxLineBytes} bytes");
                reader.AdvanceTo(buffer.Start, buffer.End);
            }
            while (!ended);
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static async Task<ReadResult> ReadAsync(PipeReader reader, Uri server, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw ApiErrors.Unreachable(server, e);
        }
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }
}
