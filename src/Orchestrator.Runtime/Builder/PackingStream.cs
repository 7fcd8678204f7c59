using System.IO.Compression;
using System.Security.Cryptography;
using Orchestrator.Runtime.Content;

namespace Orchestrator.Runtime.Builder;

/// <summary>Compresses what is written to it into the store, and computes the digest of the uncompressed bytes on the way.</summary>
internal sealed class PackingStream : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly GZipStream gzip;

    public PackingStream(ContentWriter writer) =>
        gzip = new GZipStream(new BufferedStream(new WriterStream(writer), 256 << 10), CompressionLevel.Fastest);

    /// <summary>Ends the compressed stream.</summary>
    /// <returns>The digest of the uncompressed bytes.</returns>
    public Digest Finish()
    {
        gzip.Dispose();
        return Digest.FromHash(hash.GetHashAndReset());
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        hash.AppendData(buffer);
        gzip.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => gzip.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        gzip.Dispose();
        hash.Dispose();
    }

    private sealed class WriterStream(ContentWriter writer) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => writer.Length;

        public override long Position { get => writer.Length; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer) => writer.Append(buffer, ImageLimits.BlobBytes);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
