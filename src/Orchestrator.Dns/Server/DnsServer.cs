using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Orchestrator.Dns.Answers;
using Orchestrator.Dns.Messages;

namespace Orchestrator.Dns.Server;

/// <summary>
/// Listens on UDP and TCP. Questions about the cluster are answered in the receiving loop itself; one that has to go upstream is
/// worked on beside it, so that a slow upstream delays nobody else.
/// </summary>
public sealed partial class DnsServer : IDisposable
{
    private readonly DnsOptions _options;
    private readonly DnsResponder _responder;
    private readonly TimeProvider _time;
    private readonly ILogger<DnsServer> _logger;
    private readonly List<Socket> _udp = [];
    private readonly List<Socket> _tcp = [];
    private int _connections;

    /// <exception cref="SocketException">An address or port cannot be had.</exception>
    public DnsServer(DnsOptions options, DnsResponder responder, TimeProvider time, ILogger<DnsServer> logger)
    {
        _options = options;
        _responder = responder;
        _time = time;
        _logger = logger;
        try
        {
            foreach (var endpoint in options.Listen)
                Bind(endpoint);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where UDP is listened on; tells the port when 0 was asked for.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints => [.. _udp.Select(socket => (IPEndPoint)socket.LocalEndPoint!)];

    /// <summary>Serves until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        LogListening(string.Join(", ", Endpoints));
        await Task.WhenAll([
            .. _udp.Select(socket => ServeUdpAsync(socket, cancellationToken)),
            .. _tcp.Select(socket => ServeTcpAsync(socket, cancellationToken))]);
    }

    public void Dispose()
    {
        foreach (var socket in _udp.Concat(_tcp))
            socket.Dispose();
    }

    /// <summary>The same port on both, also when it is the kernel's choice.</summary>
    private void Bind(IPEndPoint endpoint)
    {
        var tcp = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _tcp.Add(tcp);
        tcp.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        tcp.Bind(endpoint);
        tcp.Listen();
        var udp = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _udp.Add(udp);
        udp.Bind(tcp.LocalEndPoint!);
    }

    private async Task ServeUdpAsync(Socket socket, CancellationToken cancellationToken)
    {
        var request = new byte[DnsLimits.LargestUdpLength * 2];
        var answer = new byte[DnsLimits.LargestUdpLength];
        var sender = new SocketAddress(socket.AddressFamily);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var length = await socket.ReceiveFromAsync(request, SocketFlags.None, sender, cancellationToken);
                if (_responder.TryAnswer(request.AsSpan(0, length), answer, overTcp: false, out var query, out var partial) is { } ready)
                {
                    if (ready > 0)
                        await socket.SendToAsync(answer.AsMemory(0, ready), SocketFlags.None, sender, cancellationToken);
                    continue;
                }
                var client = new SocketAddress(sender.Family, sender.Size);
                sender.Buffer.Span[..sender.Size].CopyTo(client.Buffer.Span);
                _ = RelayUdpAsync(socket, client, query!, partial, request[..length], cancellationToken);
            }
            catch (SocketException exception)
            {
                // An earlier answer that could not be delivered is reported here; the next question is another client's.
                LogNotDelivered(exception);
            }
        }
    }

    private async Task RelayUdpAsync(
        Socket socket, SocketAddress client, DnsQuery query, ClusterAnswer? partial, byte[] request, CancellationToken cancellationToken)
    {
        try
        {
            var answer = new byte[DnsLimits.LargestUdpLength];
            var length = await _responder.AskAsync(query, partial, request, answer, overTcp: false, cancellationToken);
            await socket.SendToAsync(answer.AsMemory(0, length), SocketFlags.None, client, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or IOException)
        {
            LogNotDelivered(exception);
        }
        catch (OperationCanceledException)
        {
            // The server ends; the client asks another one.
        }
    }

    private async Task ServeTcpAsync(Socket listener, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptAsync(cancellationToken);
                if (Interlocked.Increment(ref _connections) > _options.TcpConnections)
                {
                    Interlocked.Decrement(ref _connections);
                    client.Dispose();
                    continue;
                }
                _ = ServeConnectionAsync(client, cancellationToken);
            }
            catch (SocketException exception)
            {
                LogNotDelivered(exception);
            }
        }
    }

    private async Task ServeConnectionAsync(Socket client, CancellationToken cancellationToken)
    {
        try
        {
            using (client)
            await using (var stream = new NetworkStream(client))
            {
                while (await TryServeOneAsync(stream, cancellationToken))
                {
                }
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            LogNotDelivered(exception);
        }
        catch (OperationCanceledException)
        {
            // Idle for too long, or the server ends.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    /// <summary>RFC 7766: each message follows its length in two bytes.</summary>
    private async Task<bool> TryServeOneAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(_options.TcpIdle, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        var header = new byte[2];
        if (await stream.ReadAtLeastAsync(header, 2, throwOnEndOfStream: false, either.Token) < 2)
            return false;
        var request = new byte[BinaryPrimitives.ReadUInt16BigEndian(header)];
        await stream.ReadExactlyAsync(request, either.Token);
        var answer = new byte[DnsLimits.LargestTcpLength + 2];
        var room = answer.AsMemory(2);
        var length = _responder.TryAnswer(request, room.Span, overTcp: true, out var query, out var partial)
            ?? await _responder.AskAsync(query!, partial, request, room, overTcp: true, either.Token);
        if (length == 0)
            return false;
        BinaryPrimitives.WriteUInt16BigEndian(answer, (ushort)length);
        await stream.WriteAsync(answer.AsMemory(0, length + 2), either.Token);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Answering DNS on {Endpoints}")]
    private partial void LogListening(string endpoints);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A DNS answer could not be delivered")]
    private partial void LogNotDelivered(Exception exception);
}
