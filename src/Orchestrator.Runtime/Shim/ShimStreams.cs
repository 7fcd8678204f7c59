using System.IO.Pipelines;
using Orchestrator.Runtime.Cri;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Shim;

/// <summary>
/// An exec'd or attached process over a connection of its own. The shim stops reading the process's output while the caller
/// does not take it, so memory stays bounded.
/// </summary>
internal sealed class ShimStreams : IProcessStreams
{
    private static readonly PipeOptions BufferOptions = new(pauseWriterThreshold: 256 * 1024, resumeWriterThreshold: 64 * 1024, useSynchronizationContext: false);

    private readonly ShimConnection connection;
    private readonly CancellationTokenSource disposal = new();
    private readonly TaskCompletionSource<int> exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Pipe? stdout;
    private readonly Pipe? stderr;
    private readonly Task reading;

    private ShimStreams(ShimConnection connection, bool hasStdin, bool hasStdout, bool hasStderr)
    {
        this.connection = connection;
        stdout = hasStdout ? new Pipe(BufferOptions) : null;
        stderr = hasStderr ? new Pipe(BufferOptions) : null;
        Stdin = hasStdin ? new InputStream(connection) : null;
        Stdout = stdout?.Reader.AsStream();
        Stderr = stderr?.Reader.AsStream();
        reading = ReadAsync();
    }

    public Stream? Stdin { get; }

    public Stream? Stdout { get; }

    public Stream? Stderr { get; }

    /// <param name="kind">Exec or Attach, with its request in <paramref name="payload"/>.</param>
    /// <exception cref="RuntimeException">The process could not be started, or the shim is gone.</exception>
    public static async Task<ShimStreams> OpenAsync(
        string sandboxDirectory, MessageKind kind, ReadOnlyMemory<byte> payload, (bool Stdin, bool Stdout, bool Stderr) wanted,
        CancellationToken cancellationToken)
    {
        ShimConnection? connection = null;
        try
        {
            connection = await ShimConnection.OpenAsync(sandboxDirectory, cancellationToken);
            await connection.SendAsync(kind, 1, payload, cancellationToken);
            var answer = await connection.ReceiveAsync(cancellationToken) ?? throw new IOException("the shim closed the connection");
            if (answer.Kind == MessageKind.Failed)
                throw ShimFailure.ToException(Failure.Read(new WireReader(answer.Payload)));
            return new ShimStreams(connection, wanted.Stdin, wanted.Stdout, wanted.Stderr);
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            connection?.Dispose();
            throw new RuntimeException(RuntimeError.Unavailable, "the sandbox's shim is gone", exception);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    public Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken)
    {
        var writer = new WireWriter();
        writer.Int(columns);
        writer.Int(rows);
        return connection.SendAsync(MessageKind.Resize, 1, writer.ToArray(), cancellationToken);
    }

    public Task<int> WaitAsync(CancellationToken cancellationToken) => exit.Task.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await disposal.CancelAsync();
        connection.Dispose();
        await reading;
    }

    private async Task ReadAsync()
    {
        await Task.Yield();
        try
        {
            while (await connection.ReceiveAsync(disposal.Token) is { } frame)
            {
                switch (frame.Kind)
                {
                    case MessageKind.Stdout when stdout is not null:
                        await stdout.Writer.WriteAsync(frame.Payload, disposal.Token);
                        break;
                    case MessageKind.Stderr when stderr is not null:
                        await stderr.Writer.WriteAsync(frame.Payload, disposal.Token);
                        break;
                    case MessageKind.Exited:
                        exit.TrySetResult(BitConverter.ToInt32(frame.Payload));
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (disposal.IsCancellationRequested)
        {
            // Given up by the caller.
        }

        exit.TrySetException(new RuntimeException(RuntimeError.Unavailable, "the streams ended before the process did"));
        _ = exit.Task.Exception;
        if (stdout is not null)
            await stdout.Writer.CompleteAsync();
        if (stderr is not null)
            await stderr.Writer.CompleteAsync();
    }

    /// <summary>Writes become frames; disposal sends the end of input.</summary>
    private sealed class InputStream(ShimConnection connection) : Stream
    {
        private const int LargestFrame = 64 * 1024;

        private bool ended;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (!buffer.IsEmpty)
            {
                var part = buffer[..Math.Min(buffer.Length, LargestFrame)];
                await connection.SendAsync(MessageKind.Stdin, 1, part, cancellationToken);
                buffer = buffer[part.Length..];
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) =>
            WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

        public override async ValueTask DisposeAsync()
        {
            if (ended)
                return;
            ended = true;
            try
            {
                await connection.SendAsync(MessageKind.Stdin, 1, ReadOnlyMemory<byte>.Empty, CancellationToken.None);
            }
            catch (IOException)
            {
                // The process is gone, and its input with it.
            }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !ended)
                DisposeAsync().AsTask().GetAwaiter().GetResult();
            base.Dispose(disposing);
        }
    }
}
