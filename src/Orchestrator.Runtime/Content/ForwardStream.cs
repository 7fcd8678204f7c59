using System.Security.Cryptography;

namespace Orchestrator.Runtime.Content;

/// <summary>A stream that can only be read, front to back.</summary>
internal abstract class ForwardStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public abstract override int Read(Span<byte> buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>Computes the sha256 of all that is read through it.</summary>
internal sealed class HashingStream(Stream source) : ForwardStream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long BytesRead { get; private set; }

    /// <summary>Call once, at the end.</summary>
    public Digest Digest => Digest.FromHash(hash.GetHashAndReset());

    public override int Read(Span<byte> buffer)
    {
        var count = source.Read(buffer);
        hash.AppendData(buffer[..count]);
        BytesRead += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        hash.Dispose();
        source.Dispose();
    }
}

/// <summary>A part of a file, read independently of others on the same handle.</summary>
internal sealed class FileSection(Microsoft.Win32.SafeHandles.SafeFileHandle file, long start, long length) : ForwardStream
{
    private long position;

    public override long Length => length;

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, length - position);
        if (count == 0)
            return 0;
        var read = RandomAccess.Read(file, buffer[..count], start + position);
        position += read;
        return read;
    }
}
