using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Google.Protobuf;
using Orchestrator.Grpc.Framing;

namespace Orchestrator.Grpc.Client;

/// <summary>
/// Calls to one server over HTTP/2. The connection is made on the first call and again when it is lost. Any thread may call.
/// </summary>
/// <remarks>
/// Addresses are <c>http://</c>, <c>https://</c> or <c>unix:///path</c>. Calls never repeat a request. All calls throw
/// <see cref="GrpcException"/>, or <see cref="OperationCanceledException"/> when the caller cancelled.
/// </remarks>
public sealed class GrpcChannel : IDisposable
{
    private readonly GrpcChannelOptions options;
    private readonly TimeProvider time;
    private readonly HttpMessageInvoker invoker;
    private readonly Uri baseAddress;

    public GrpcChannel(Uri address, GrpcChannelOptions? options = null, TimeProvider? time = null)
    {
        this.options = options ?? new GrpcChannelOptions();
        this.time = time ?? TimeProvider.System;
        Address = address;
        baseAddress = address.Scheme == "unix" ? new Uri("http://localhost") : address;
        invoker = new HttpMessageInvoker(CreateHandler(this.options, address));
    }

    public Uri Address { get; }

    /// <summary>One request, one response.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions callOptions = default)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        using var content = new ByteArrayContent(MessageFrame.Encode(request));
        using var call = new GrpcCall(invoker, CreateRequest(method.Path, content, callOptions), callOptions, time);
        try
        {
            var body = await call.OpenResponseAsync();
            var response = await MessageFrame.ReadAsync(body, method.ResponseParser, options.MaxMessageBytes, call.Token);
            await call.FinishAsync(response is not null);
            return response ?? throw new GrpcException(GrpcStatusCode.Internal, "the server sent a status of OK but no message");
        }
        catch (Exception e) when (call.Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Both sides send messages as they like. Dispose the call to end it.</summary>
    public GrpcStream<TRequest, TResponse> OpenStream<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, GrpcCallOptions callOptions = default)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var content = new StreamingContent();
        var call = new GrpcCall(invoker, CreateRequest(method.Path, content, callOptions), callOptions, time);
        return new GrpcStream<TRequest, TResponse>(call, content, method.ResponseParser, options.MaxMessageBytes);
    }

    /// <summary>One request, many responses.</summary>
    public async IAsyncEnumerable<TResponse> CallServerStreamingAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions callOptions = default)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        await using var stream = OpenStream(method, callOptions);
        await stream.WriteAsync(request);
        stream.CompleteWriting();
        while (await stream.ReadAsync() is { } response)
            yield return response;
    }

    public void Dispose() => invoker.Dispose();

    private HttpRequestMessage CreateRequest(string path, HttpContent content, GrpcCallOptions callOptions)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(baseAddress, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.TryAddWithoutValidation("grpc-accept-encoding", "identity");
        if (callOptions.Timeout is { } timeout)
            request.Headers.TryAddWithoutValidation("grpc-timeout", GrpcTimeout.Format(timeout));
        foreach (var (name, value) in callOptions.Metadata ?? [])
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static SocketsHttpHandler CreateHandler(GrpcChannelOptions options, Uri address)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = options.KeepAlivePingDelay,
            KeepAlivePingTimeout = options.KeepAlivePingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        };
        if (options.Tls is { } tls)
            handler.SslOptions = tls;
        if (address.Scheme == "unix")
            handler.ConnectCallback = (_, cancellationToken) => ConnectUnixAsync(address.LocalPath, cancellationToken);
        return handler;
    }

    private static async ValueTask<Stream> ConnectUnixAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
