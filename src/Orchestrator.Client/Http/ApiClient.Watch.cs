using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Orchestrator.Api;

namespace Orchestrator.Client;

public sealed partial class ApiClient
{
    /// <summary>Longest watch event accepted: several times the largest object the store takes.</summary>
    private const int MaxWatchLineBytes = 16 << 20;

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        string? @namespace, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var path = ApiPath.Of<T>(@namespace) + ApiPath.Query(options, watch: true);
        using var response = await SendCheckedAsync(HttpMethod.Get, path, null, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            bool ended;
            do
            {
                var result = await ReadAsync(reader, cancellationToken);
                var buffer = result.Buffer;
                while (TryReadLine(ref buffer, out var line))
                {
                    if (WatchLine.Parse<T>(line) is { } watchEvent)
                        yield return watchEvent;
                }

                ended = result.IsCompleted;
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (buffer.Length > MaxWatchLineBytes)
                    throw ApiErrors.Make(500, Api.Errors.StatusReason.InternalError, $"a watch event of {path} is larger than {MaxWatchLineBytes} bytes");
            }
            while (!ended);
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private async Task<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw ApiErrors.Unreachable(options.Server, e);
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
