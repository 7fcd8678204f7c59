using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Demo.Http;

/// <summary>A small HTTP/1.1 server: one request per connection, bounded in time, size and number.</summary>
internal sealed class HttpServer : IDisposable
{
    private const int Backlog = 512;
    private const int MaximumConnections = 256;
    private static readonly TimeSpan headTimeout = TimeSpan.FromSeconds(10);

    private readonly Socket listener;
    private readonly Func<HttpRequest, CancellationToken, Task<HttpResponse>> handler;
    private readonly RequestLog log;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim slots = new(MaximumConnections);

    /// <param name="port">Zero lets the system choose; see <see cref="Port"/>.</param>
    public HttpServer(int port, Func<HttpRequest, CancellationToken, Task<HttpResponse>> handler, RequestLog log, TimeProvider time)
    {
        (this.handler, this.log, this.time) = (handler, log, time);
        listener = Listen(port);
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>Serves until cancelled, then gives requests in flight the grace time.</summary>
    public async Task RunAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        using var abort = new CancellationTokenSource();
        try
        {
            while (true)
            {
                await slots.WaitAsync(cancellationToken);
                var connection = await listener.AcceptAsync(cancellationToken);
                _ = ServeAsync(connection, abort.Token);
            }
        }
        catch (OperationCanceledException)
        {
            listener.Close();
        }

        await DrainAsync(grace);
        await abort.CancelAsync();
    }

    public void Dispose()
    {
        listener.Dispose();
        slots.Dispose();
    }

    /// <summary>Both address families, or IPv4 alone where the kernel has no IPv6.</summary>
    private static Socket Listen(int port)
    {
        var socket = Socket.OSSupportsIPv6
            ? new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port));
        socket.Listen(Backlog);
        return socket;
    }

    /// <summary>Waits until every slot but the acceptor's own is free.</summary>
    private async Task DrainAsync(TimeSpan grace)
    {
        using var patience = new CancellationTokenSource(grace, time);
        try
        {
            for (var i = 1; i < MaximumConnections; i++)
                await slots.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // What still runs is aborted by the caller.
        }
    }

    private async Task ServeAsync(Socket connection, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var peer = connection.RemoteEndPoint is IPEndPoint { Address: var address }
            ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
            : "-";
        try
        {
            using (connection)
            {
                connection.NoDelay = true;
                var (request, response) = await AnswerAsync(connection, cancellationToken);
                if (response is null)
                    return;
                await connection.SendAsync(response.ToBytes(withBody: request?.Method != "HEAD"), cancellationToken);
                connection.Shutdown(SocketShutdown.Send);
                log.Write(peer, request is null ? "-" : $"{request.Method} {request.Path}", response.Status, time.GetElapsedTime(started));
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, or the server ends: nobody is left to answer.
            log.Write(peer, "-", 0, time.GetElapsedTime(started));
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<(HttpRequest? Request, HttpResponse? Response)> AnswerAsync(Socket connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[HttpRequest.MaximumHeadBytes];
        var length = 0;
        using var patience = new CancellationTokenSource(headTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8) && buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
            {
                if (length == buffer.Length)
                    return (null, HttpResponse.Text(431, "the request's head is too long\n"));
                var count = await connection.ReceiveAsync(buffer.AsMemory(length), either.Token);
                if (count == 0)
                    return (null, null);
                length += count;
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return (null, HttpResponse.Text(408, "the request took too long\n"));
        }

        if (HttpRequest.Parse(buffer.AsSpan(0, length)) is not { } request)
            return (null, HttpResponse.Text(400, "this is not an HTTP/1.1 request\n"));
        return (request, await handler(request, cancellationToken));
    }
}
