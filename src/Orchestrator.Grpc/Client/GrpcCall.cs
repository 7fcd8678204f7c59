using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Orchestrator.Grpc.Framing;

namespace Orchestrator.Grpc.Client;

/// <summary>One HTTP exchange: its deadline, its response, the status at its end, and the meaning of its failures.</summary>
internal sealed class GrpcCall : IDisposable
{
    private readonly HttpRequestMessage request;
    private readonly CancellationToken callerToken;
    private readonly CancellationTokenSource? deadline;
    private readonly CancellationTokenSource cancellation;
    private readonly Task<HttpResponseMessage> responding;
    private HttpResponseMessage? response;

    public GrpcCall(HttpMessageInvoker invoker, HttpRequestMessage request, GrpcCallOptions options, TimeProvider time)
    {
        this.request = request;
        callerToken = options.CancellationToken;
        deadline = options.Timeout is { } timeout ? new CancellationTokenSource(timeout, time) : null;
        cancellation = CancellationTokenSource.CreateLinkedTokenSource(callerToken, deadline?.Token ?? default);
        try
        {
            responding = invoker.SendAsync(request, cancellation.Token);
        }
        catch (ObjectDisposedException e)
        {
            Dispose();
            throw new GrpcException(GrpcStatusCode.Unavailable, "the channel was closed", e) { NeverSent = true };
        }
    }

    /// <summary>Ends with the caller's token, the deadline, or <see cref="Dispose"/>.</summary>
    public CancellationToken Token => cancellation.Token;

    /// <summary>Faults when no response can come any more, so that a writer need not wait for a connection in vain.</summary>
    public Task Responding => responding;

    /// <summary>Waits for the response's headers. A response that is only a status throws it.</summary>
    public async ValueTask<Stream> OpenResponseAsync()
    {
        response = await responding;
        if (response.StatusCode != HttpStatusCode.OK)
            throw new GrpcException(FromHttp(response.StatusCode), $"the server answered with HTTP status {(int)response.StatusCode}");
        if (response.Headers.Contains("grpc-status"))
            ThrowUnlessOk(response.Headers);
        return await response.Content.ReadAsStreamAsync(Token);
    }

    /// <summary>Reads to the end of the response and throws unless its status is OK.</summary>
    /// <param name="drain">Whether the end was not seen yet.</param>
    public async ValueTask FinishAsync(bool drain)
    {
        if (drain)
            await DrainAsync();
        // A status-only response has it in the headers, and then it was OK.
        if (response!.TrailingHeaders.Contains("grpc-status") || !response.Headers.Contains("grpc-status"))
            ThrowUnlessOk(response.TrailingHeaders);
    }

    /// <summary>What a failure of this call means to its caller; null leaves the exception as it is.</summary>
    public Exception? Translate(Exception failure)
    {
        if (failure is GrpcException)
            return null;
        if (callerToken.IsCancellationRequested)
            return failure is OperationCanceledException ? null : new OperationCanceledException("the call was cancelled", failure, callerToken);
        if (deadline is { IsCancellationRequested: true })
            return new GrpcException(GrpcStatusCode.DeadlineExceeded, "the call's deadline passed", failure);
        return failure switch
        {
            HttpRequestException e => new GrpcException(GrpcStatusCode.Unavailable, e.Message, e) { NeverSent = IsConnectFailure(e) },
            HttpIOException or IOException => new GrpcException(GrpcStatusCode.Unavailable, failure.Message, failure),
            // The shape in which SocketsHttpHandler reports that its ConnectTimeout has passed; nothing was sent then.
            OperationCanceledException { InnerException: TimeoutException e } => new GrpcException(GrpcStatusCode.Unavailable, e.Message, failure) { NeverSent = true },
            OperationCanceledException or ObjectDisposedException => new GrpcException(GrpcStatusCode.Cancelled, "the call was ended", failure),
            _ => null,
        };
    }

    public void Dispose()
    {
        cancellation.Cancel();
        response?.Dispose();
        request.Dispose();
        cancellation.Dispose();
        deadline?.Dispose();
    }

    private async ValueTask DrainAsync()
    {
        var stream = await response!.Content.ReadAsStreamAsync(Token);
        if (await stream.ReadAsync(new byte[1], Token) != 0)
            throw new GrpcException(GrpcStatusCode.Internal, "the server sent more than one message");
    }

    private static void ThrowUnlessOk(HttpHeaders headers)
    {
        if (!headers.TryGetValues("grpc-status", out var values))
            throw new GrpcException(GrpcStatusCode.Unavailable, "the response ended without a status");
        var known = int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 0 and <= 16;
        var status = known ? (GrpcStatusCode)code : GrpcStatusCode.Unknown;
        if (status == GrpcStatusCode.Ok)
            return;
        var message = headers.TryGetValues("grpc-message", out var texts) ? GrpcMessageText.Decode(texts.First()) : status.ToString();
        throw new GrpcException(status, message);
    }

    private static bool IsConnectFailure(HttpRequestException e) =>
        e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;

    /// <summary>Source: https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md</summary>
    private static GrpcStatusCode FromHttp(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => GrpcStatusCode.Internal,
        HttpStatusCode.Unauthorized => GrpcStatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => GrpcStatusCode.PermissionDenied,
        HttpStatusCode.NotFound => GrpcStatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => GrpcStatusCode.Unavailable,
        _ => GrpcStatusCode.Unknown,
    };
}
