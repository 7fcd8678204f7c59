using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Grpc.Framing;

namespace Orchestrator.Grpc.Server;

/// <summary>
/// A table of methods behind one request delegate: give <see cref="HandleAsync"/> to Kestrel (an HTTP/2 endpoint). Methods are
/// added before the first call; afterwards any number of calls run at once.
/// </summary>
/// <remarks>
/// A handler throws <see cref="GrpcException"/> to end its call with a status. Any other exception is logged and becomes
/// Internal without its text: a peer is not told about our insides.
/// </remarks>
public sealed partial class GrpcService(TimeProvider? time = null, ILogger<GrpcService>? logger = null)
{
    /// <summary>gRPC's usual limit.</summary>
    public const int DefaultMaxMessageBytes = 4 * 1024 * 1024;

    /// <summary>The longest a timer takes, nearly.</summary>
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(24);

    private readonly TimeProvider time = time ?? TimeProvider.System;
    private readonly ILogger logger = (ILogger?)logger ?? NullLogger.Instance;
    private readonly Dictionary<string, Func<HttpContext, CancellationToken, Task>> methods = new(StringComparer.Ordinal);

    public int MaxMessageBytes { get; init; } = DefaultMaxMessageBytes;

    /// <summary>One request, one response.</summary>
    public GrpcService AddUnary<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, Func<TRequest, GrpcServerContext, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        methods.Add(method.Path, async (http, cancellationToken) =>
        {
            var request = await ReadSingleAsync(http, method.RequestParser, cancellationToken);
            var response = await handler(request, new GrpcServerContext(http, cancellationToken));
            await http.Response.Body.WriteAsync(MessageFrame.Encode(response), cancellationToken);
        });
        return this;
    }

    /// <summary>One request, many responses.</summary>
    public GrpcService AddServerStreaming<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, Func<TRequest, GrpcStreamWriter<TResponse>, GrpcServerContext, Task> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        methods.Add(method.Path, async (http, cancellationToken) =>
        {
            var request = await ReadSingleAsync(http, method.RequestParser, cancellationToken);
            await SendHeadersAsync(http, cancellationToken);
            var writer = new GrpcStreamWriter<TResponse>(http.Response.Body, cancellationToken);
            await handler(request, writer, new GrpcServerContext(http, cancellationToken));
        });
        return this;
    }

    /// <summary>Both sides send as they like.</summary>
    public GrpcService AddDuplex<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, Func<IAsyncEnumerable<TRequest>, GrpcStreamWriter<TResponse>, GrpcServerContext, Task> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        methods.Add(method.Path, async (http, cancellationToken) =>
        {
            LiftBodyLimits(http);
            await SendHeadersAsync(http, cancellationToken);
            var writer = new GrpcStreamWriter<TResponse>(http.Response.Body, cancellationToken);
            await handler(ReadAllAsync(http, method.RequestParser, cancellationToken), writer, new GrpcServerContext(http, cancellationToken));
        });
        return this;
    }

    public async Task HandleAsync(HttpContext http)
    {
        if (!HttpMethods.IsPost(http.Request.Method) || http.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        http.Response.ContentType = "application/grpc";
        var (status, message) = await RunAsync(http);
        http.Response.AppendTrailer("grpc-status", ((int)status).ToString(CultureInfo.InvariantCulture));
        if (message.Length > 0)
            http.Response.AppendTrailer("grpc-message", GrpcMessageText.Encode(message));
    }

    private async Task<(GrpcStatusCode Status, string Message)> RunAsync(HttpContext http)
    {
        if (!methods.TryGetValue(http.Request.Path, out var method))
            return (GrpcStatusCode.Unimplemented, $"unknown method {http.Request.Path}");

        using var deadline = GrpcTimeout.TryParse(http.Request.Headers["grpc-timeout"], out var timeout)
            ? new CancellationTokenSource(timeout < MaxTimeout ? timeout : MaxTimeout, time)
            : new CancellationTokenSource();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, deadline.Token);
        try
        {
            await method(http, ended.Token);
            return (GrpcStatusCode.Ok, "");
        }
        catch (GrpcException e)
        {
            return (e.StatusCode, e.Message);
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            return (GrpcStatusCode.DeadlineExceeded, "the call's deadline passed");
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            return (GrpcStatusCode.Cancelled, "the client went away");
        }
        catch (Exception e)
        {
            LogHandlerFailed(http.Request.Path.ToString(), e);
            return (GrpcStatusCode.Internal, "internal error");
        }
    }

    private async ValueTask<TRequest> ReadSingleAsync<TRequest>(HttpContext http, MessageParser<TRequest> parser, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest> =>
        await MessageFrame.ReadAsync(http.Request.Body, parser, MaxMessageBytes, cancellationToken)
            ?? throw new GrpcException(GrpcStatusCode.InvalidArgument, "the call carries no message");

    private async IAsyncEnumerable<TRequest> ReadAllAsync<TRequest>(
        HttpContext http, MessageParser<TRequest> parser, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
    {
        while (await MessageFrame.ReadAsync(http.Request.Body, parser, MaxMessageBytes, cancellationToken) is { } request)
            yield return request;
    }

    /// <summary>Headers go out at once, so that a client of a quiet stream sees that the call stands.</summary>
    private static async Task SendHeadersAsync(HttpContext http, CancellationToken cancellationToken)
    {
        await http.Response.StartAsync(cancellationToken);
        await http.Response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>A stream may be silent, and large in sum: Kestrel's limits for uploads do not suit it. Each message has its own.</summary>
    private static void LiftBodyLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The handler of {Method} failed")]
    private partial void LogHandlerFailed(string method, Exception exception);
}
