using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;

namespace Orchestrator.Client.Streaming;

/// <summary>Carries TCP connections to a port inside a pod: pods/portforward, one WebSocket per connection (v4.channel.k8s.io).</summary>
public sealed partial class PortForwarder(IApiClient client, ILogger<PortForwarder> logger)
{
    private const string Protocol = "v4.channel.k8s.io";
    private const byte DataChannel = 0;
    private const byte ErrorChannel = 1;

    /// <summary>Accepts connections until cancelled. What becomes of one does not end the others.</summary>
    /// <param name="listener">Started by the caller, who learns from it which port it got, and stops it.</param>
    public async Task RunAsync(TcpListener listener, string @namespace, string pod, int port, CancellationToken cancellationToken)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var accepted = await listener.AcceptTcpClientAsync(cancellationToken);
                connections.RemoveAll(c => c.IsCompleted);
                connections.Add(ServeAsync(accepted, @namespace, pod, port, cancellationToken));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(connections);
        }
    }

    /// <summary>Joins one connection with the port until either side ends it.</summary>
    /// <exception cref="ApiException">The server refused, or nothing answers on the port.</exception>
    /// <exception cref="IOException">A side broke.</exception>
    public async Task ForwardAsync(Stream local, string @namespace, string pod, int port, CancellationToken cancellationToken)
    {
        var path = ApiPath.Of<Pod>(@namespace, pod, "portforward") + string.Create(CultureInfo.InvariantCulture, $"?ports={port}");
        using var socket = new ChannelSocket(await WebSocketUpgrade.ConnectAsync(client, path, [Protocol], cancellationToken));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(local, socket, ended.Token);
        var receiving = ReceiveAsync(local, socket, ended.Token);
        // The answer may go on after the request has ended, but not the other way round.
        if (await Task.WhenAny(sending, receiving) == sending && sending.IsCompletedSuccessfully)
            await socket.CloseAsync(cancellationToken);
        try
        {
            await receiving;
        }
        finally
        {
            await ended.CancelAsync();
            await EndAsync(sending);
        }
    }

    private async Task ServeAsync(TcpClient accepted, string @namespace, string pod, int port, CancellationToken cancellationToken)
    {
        using (accepted)
        {
            try
            {
                await using var stream = accepted.GetStream();
                await ForwardAsync(stream, @namespace, pod, port, cancellationToken);
            }
            catch (Exception e) when (e is ApiException or IOException or OperationCanceledException)
            {
                LogEnded(port, pod, e.Message);
            }
        }
    }

    private static async Task SendAsync(Stream local, ChannelSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        int count;
        while ((count = await local.ReadAsync(buffer, cancellationToken)) > 0)
            await socket.SendAsync(DataChannel, buffer.AsMemory(0, count), cancellationToken);
    }

    private static async Task ReceiveAsync(Stream local, ChannelSocket socket, CancellationToken cancellationToken)
    {
        // The first message of each channel repeats the port's number.
        var isFirst = new bool[] { true, true };
        while (await socket.ReceiveAsync(cancellationToken) is { } message)
        {
            if (message.Channel > ErrorChannel)
                continue;
            if (isFirst[message.Channel])
                isFirst[message.Channel] = false;
            else if (message.Channel == ErrorChannel)
                throw ApiErrors.Make(500, StatusReason.InternalError, Encoding.UTF8.GetString(message.Data.Span));
            else
                await local.WriteAsync(message.Data, cancellationToken);
        }
    }

    private static async Task EndAsync(Task sending)
    {
        try
        {
            await sending;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or WebSocketException or ObjectDisposedException)
        {
            // The pod's side has ended, so there is nobody to send to.
        }
    }

    [LoggerMessage(LogLevel.Warning, "A connection to port {Port} of pod {Pod} ended: {Reason}")]
    private partial void LogEnded(int port, string pod, string reason);
}
