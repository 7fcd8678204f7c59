using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Orchestrator.Simulation.Network;

/// <summary>The server's side of a response: hands over the head once, then each write of the body as it comes.</summary>
internal sealed class ServerResponse : HttpResponseFeature
{
    private readonly Action<ServerResponse> head;
    private bool hasStarted;

    /// <param name="head">Called once, before the first byte of the body.</param>
    /// <param name="body">Called for each piece of the body.</param>
    public ServerResponse(Action<ServerResponse> head, Action<byte[]> body)
    {
        this.head = head;
        BodyFeature = new Output(this, new Writes(this, body));
    }

    public override bool HasStarted => hasStarted;

    public IHttpResponseBodyFeature BodyFeature { get; }

    public void Begin()
    {
        if (hasStarted)
            return;
        hasStarted = true;
        head(this);
    }

    private sealed class Output(ServerResponse response, Stream stream) : StreamResponseBodyFeature(stream)
    {
        public override Task StartAsync(CancellationToken cancellationToken = default)
        {
            response.Begin();
            return base.StartAsync(cancellationToken);
        }
    }

    private sealed class Writes(ServerResponse response, Action<byte[]> body) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            response.Begin();
            body(buffer.ToArray());
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Write(buffer, offset, count);
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
