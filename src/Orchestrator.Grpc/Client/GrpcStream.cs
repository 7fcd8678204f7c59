using Google.Protobuf;
using Orchestrator.Grpc.Framing;

namespace Orchestrator.Grpc.Client;

/// <summary>
/// An open call on which both sides send. One reader and one writer at a time; they may be different threads. Disposing ends
/// the call at once.
/// </summary>
public sealed class GrpcStream<TRequest, TResponse> : IAsyncDisposable
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    private readonly GrpcCall call;
    private readonly StreamingContent content;
    private readonly MessageParser<TResponse> parser;
    private readonly int maxMessageBytes;
    private Stream? response;

    internal GrpcStream(GrpcCall call, StreamingContent content, MessageParser<TResponse> parser, int maxMessageBytes)
    {
        this.call = call;
        this.content = content;
        this.parser = parser;
        this.maxMessageBytes = maxMessageBytes;
    }

    /// <exception cref="GrpcException">The call has ended; the read side knows why.</exception>
    public async ValueTask WriteAsync(TRequest message)
    {
        try
        {
            var body = await OpenBodyAsync();
            await body.WriteAsync(MessageFrame.Encode(message), call.Token);
            await body.FlushAsync(call.Token);
        }
        catch (Exception e) when (call.Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Says that no more messages follow.</summary>
    public void CompleteWriting() => content.Complete();

    /// <summary>The next message, or null when the server ended the call with status OK.</summary>
    /// <exception cref="GrpcException">The call ended with another status.</exception>
    public async ValueTask<TResponse?> ReadAsync()
    {
        try
        {
            response ??= await call.OpenResponseAsync();
            var message = await MessageFrame.ReadAsync(response, parser, maxMessageBytes, call.Token);
            if (message is null)
                await call.FinishAsync(drain: false);
            return message;
        }
        catch (Exception e) when (call.Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    public async ValueTask DisposeAsync()
    {
        content.Complete();
        call.Dispose();
        try
        {
            await call.Responding;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            // The call was ended by us, or had failed before; whoever read or wrote has been told.
        }
    }

    private async ValueTask<Stream> OpenBodyAsync()
    {
        if (await Task.WhenAny(content.Opened, call.Responding) != content.Opened)
            await call.Responding;
        return await content.Opened.WaitAsync(call.Token);
    }
}
