using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;

namespace Orchestrator.Kubelet.Server.Streams;

/// <summary>
/// Port-forward over WebSocket channels, the older form: for the n-th port of the query, channel 2n carries data and 2n+1 errors.
/// Each channel starts with the port's number in two bytes, low byte first.
/// </summary>
internal sealed class PortForwardChannels(WebSocket socket, IReadOnlyList<int> ports, string sandboxId, string podName, string podUid, Cri.IRuntimeService runtime)
{
    private const int MaxMessageBytes = 1 << 16;
    private readonly SemaphoreSlim sending = new(1);
    private readonly List<Pipe> incoming = [.. ports.Select(_ => new Pipe(new PipeOptions(useSynchronizationContext: false)))];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        for (var i = 0; i < ports.Count; i++)
        {
            var number = new byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(number, (ushort)ports[i]);
            await SendAsync((byte)(2 * i), number, stop.Token);
            await SendAsync((byte)(2 * i + 1), number, stop.Token);
        }

        var forwards = Enumerable.Range(0, ports.Count).Select(i => ForwardAsync(i, stop.Token)).ToList();
        await ReadAsync(stop.Token);
        await stop.CancelAsync();
        await Task.WhenAll(forwards);
        sending.Dispose();
    }

    private async Task ForwardAsync(int index, CancellationToken cancellationToken)
    {
        try
        {
            await using var remote = await runtime.PortForwardAsync(sandboxId, ports[index], cancellationToken);
            var client = new ChannelDuplex(this, (byte)(2 * index), incoming[index].Reader.AsStream());
            await PortForwardSession.CopyBothWaysAsync(client, remote, cancellationToken);
        }
        catch (Cri.RuntimeException failure)
        {
            var message = $"error forwarding port {ports[index]} to pod {podName}, uid {podUid}: {failure.Message}";
            await SendAsync((byte)(2 * index + 1), Encoding.UTF8.GetBytes(message), cancellationToken);
        }
        catch (Exception over) when (over is IOException or OperationCanceledException or WebSocketException)
        {
            // The client is gone.
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxMessageBytes];
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                if (part.MessageType == WebSocketMessageType.Close)
                    break;
                if (part.Count > 1 && buffer[0] % 2 == 0 && buffer[0] / 2 < ports.Count)
                    await incoming[buffer[0] / 2].Writer.WriteAsync(buffer.AsMemory(1, part.Count - 1), cancellationToken);
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException)
        {
            // The client is gone.
        }

        foreach (var pipe in incoming)
            await pipe.Writer.CompleteAsync();
    }

    private async ValueTask SendAsync(byte channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        byte[] message = [channel, .. data.Span];
        await sending.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(message.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        finally
        {
            sending.Release();
        }
    }

    /// <summary>One port's data channel as a duplex stream.</summary>
    private sealed class ChannelDuplex(PortForwardChannels owner, byte channel, Stream reading) : WriteOnlyStream
    {
        public override bool CanRead => true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => reading.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => reading.ReadAsync(buffer, offset, count, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => owner.SendAsync(channel, buffer, cancellationToken);
    }
}
