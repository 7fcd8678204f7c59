using System.Text;
using System.Threading.Channels;
using Orchestrator.Api.Serialization;
using Orchestrator.Kubelet.Server.Spdy;

namespace Orchestrator.Kubelet.Server.Streams;

/// <summary>Exec and attach over SPDY: the client opens one stream for each of error, stdin, stdout, stderr and resize.</summary>
internal sealed class SpdyRemoteStreams : IRemoteStreams
{
    private static readonly TimeSpan StreamsTimeout = TimeSpan.FromSeconds(30);
    private readonly SpdyConnection connection;
    private readonly Task running;
    private readonly CancellationTokenSource closed;
    private readonly Channel<TerminalSize> resizes = Channel.CreateUnbounded<TerminalSize>();
    private readonly bool hasStatus;
    private SpdyStream? error;
    private Task resizing = Task.CompletedTask;

    /// <summary>The protocols of the header X-Stream-Protocol-Version, best first.</summary>
    public static readonly string[] Protocols = ["v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"];

    private SpdyRemoteStreams(Stream transport, string protocol, CancellationToken aborted)
    {
        closed = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        connection = new(transport, isServer: true);
        hasStatus = protocol == Protocols[0];
        running = RunAsync();
    }

    public Stream? Stdin { get; private set; }

    public Stream? Stdout { get; private set; }

    public Stream? Stderr { get; private set; }

    public ChannelReader<TerminalSize> Resizes => resizes.Reader;

    public CancellationToken Closed => closed.Token;

    /// <summary>Waits until the client has opened the streams that go with what it asks for.</summary>
    /// <returns>Null when it does not in time.</returns>
    public static async Task<SpdyRemoteStreams?> AcceptAsync(Stream transport, string protocol, RemoteCommandOptions options, TimeProvider time, CancellationToken aborted)
    {
        var streams = new SpdyRemoteStreams(transport, protocol, aborted);
        var expected = 1 + (options.Stdin ? 1 : 0) + (options.Stdout ? 1 : 0) + (options.Stderr && !options.Tty ? 1 : 0)
            + (options.Tty && (protocol == Protocols[0] || protocol == Protocols[1]) ? 1 : 0);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(streams.Closed);
        using var timer = time.CreateTimer(_ => limit.Cancel(), null, StreamsTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            for (var i = 0; i < expected; i++)
                streams.Take(await streams.connection.Opened.ReadAsync(limit.Token));
            return streams;
        }
        catch (Exception missing) when (missing is OperationCanceledException or ChannelClosedException)
        {
            await streams.DisposeAsync();
            return null;
        }
    }

    public async Task FinishAsync(Status status, CancellationToken cancellationToken)
    {
        if (error is null)
            return;
        if (hasStatus)
            await error.WriteAsync(ApiJson.Serialize(status), cancellationToken);
        else if (status.StatusValue != "Success")
            await error.WriteAsync(Encoding.UTF8.GetBytes(status.Message ?? ""), cancellationToken);
        foreach (var stream in new[] { Stdout, Stderr, error }.OfType<SpdyStream>())
            await stream.CloseAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync();
        await running;
        await resizing;
        await connection.DisposeAsync();
        closed.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await connection.RunAsync(closed.Token);
        }
        catch (OperationCanceledException)
        {
            // The session is over.
        }
        finally
        {
            resizes.Writer.TryComplete();
            await closed.CancelAsync();
        }
    }

    private void Take(SpdyStream stream)
    {
        switch (stream.Headers.GetValueOrDefault("streamtype"))
        {
            case "error":
                error = stream;
                break;
            case "stdin":
                Stdin = stream;
                break;
            case "stdout":
                Stdout = stream;
                break;
            case "stderr":
                Stderr = stream;
                break;
            case "resize":
                resizing = ReadSizesAsync(stream);
                break;
        }
    }

    /// <summary>Sizes come as JSON objects, one per line.</summary>
    private async Task ReadSizesAsync(SpdyStream stream)
    {
        using var reader = new StreamReader(stream);
        try
        {
            while (await reader.ReadLineAsync(closed.Token) is { } line)
            {
                if (WebSocketChannels.ParseSize(Encoding.UTF8.GetBytes(line)) is { } size)
                    resizes.Writer.TryWrite(size);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The session is over.
        }
    }
}
