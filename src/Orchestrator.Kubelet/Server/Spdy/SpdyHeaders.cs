using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Orchestrator.Kubelet.Server.Spdy;

/// <summary>
/// Reads the header blocks of one direction of a connection: one zlib stream for all of them, started from the SPDY dictionary.
/// The platform's inflater takes no dictionary, so it is first fed a stored block that holds it: what follows may then refer back
/// to it as zlib means it to.
/// </summary>
internal sealed class SpdyHeaderReader : IDisposable
{
    private const int ZlibHeaderBytes = 2;
    private const int DictionaryIdBytes = 4;
    private const int DictionaryFlag = 0x20;
    private const int MaxHeaders = 64;
    private const int MaxTextBytes = 64 * 1024;

    private readonly Feed feed = new();
    private readonly DeflateStream inflater;
    private bool isStarted;

    public SpdyHeaderReader() => inflater = new(feed, CompressionMode.Decompress);

    /// <exception cref="SpdyException">The block is malformed.</exception>
    public Dictionary<string, string> Read(ReadOnlySpan<byte> block)
    {
        if (!isStarted)
            block = Start(block);
        feed.Append(block);
        var count = ReadNumber();
        if (count > MaxHeaders)
            throw new SpdyException("too many headers");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < count; i++)
        {
            var name = ReadText();
            headers[name] = ReadText();
        }

        return headers;
    }

    public void Dispose()
    {
        inflater.Dispose();
        feed.Dispose();
    }

    private ReadOnlySpan<byte> Start(ReadOnlySpan<byte> block)
    {
        if (block.Length < ZlibHeaderBytes + DictionaryIdBytes || (block[0] & 0x0f) != 8)
            throw new SpdyException("the header block is not a zlib stream");
        var hasDictionary = (block[1] & DictionaryFlag) != 0;
        if (hasDictionary && BinaryPrimitives.ReadUInt32BigEndian(block[ZlibHeaderBytes..]) != SpdyDictionary.Id)
            throw new SpdyException("the header block names an unknown dictionary");
        isStarted = true;
        feed.Append(StoredBlock(SpdyDictionary.Bytes));
        var skipped = new byte[SpdyDictionary.Bytes.Length];
        Fill(skipped);
        return block[(ZlibHeaderBytes + (hasDictionary ? DictionaryIdBytes : 0))..];
    }

    private int ReadNumber()
    {
        Span<byte> number = stackalloc byte[4];
        Fill(number);
        var value = BinaryPrimitives.ReadUInt32BigEndian(number);
        return value <= MaxTextBytes ? (int)value : throw new SpdyException("the header block is too large");
    }

    private string ReadText()
    {
        var text = new byte[ReadNumber()];
        Fill(text);
        return Encoding.UTF8.GetString(text);
    }

    private void Fill(Span<byte> target)
    {
        try
        {
            inflater.ReadExactly(target);
        }
        catch (Exception failure) when (failure is InvalidDataException or EndOfStreamException)
        {
            throw new SpdyException("the header block is cut off or not compressed as it should be", failure);
        }
    }

    /// <summary>A deflate block without compression (RFC 1951, 3.2.4), not the last one.</summary>
    internal static byte[] StoredBlock(ReadOnlySpan<byte> content)
    {
        var block = new byte[5 + content.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(1), (ushort)content.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(3), (ushort)~content.Length);
        content.CopyTo(block.AsSpan(5));
        return block;
    }

    /// <summary>What came in and was not inflated yet.</summary>
    private sealed class Feed : Stream
    {
        private byte[] waiting = [];
        private int position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Append(ReadOnlySpan<byte> more)
        {
            waiting = [.. waiting.AsSpan(position), .. more];
            position = 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, waiting.Length - position);
            waiting.AsSpan(position, count).CopyTo(buffer);
            position += count;
            return count;
        }

        public override void Flush()
        {
            // Nothing is written here.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>Writes header blocks. They are small, so they go out as stored blocks of a zlib stream, which every inflater reads.</summary>
internal sealed class SpdyHeaderWriter
{
    /// <summary>Deflate with a 32 KiB window, dictionary flag set, check bits right (RFC 1950).</summary>
    private static readonly byte[] ZlibStart = [0x78, 0xbb, 0xe3, 0xc6, 0xa7, 0xc2];

    private bool isStarted;

    public byte[] Write(IReadOnlyDictionary<string, string> headers)
    {
        using var plain = new MemoryStream();
        WriteNumber(plain, headers.Count);
        foreach (var (name, value) in headers)
        {
            WriteText(plain, name.ToLowerInvariant());
            WriteText(plain, value);
        }

        // The empty block at the end is zlib's sync flush: without it Go's inflater looks for more input at once and gives up for good.
        byte[] block = [.. SpdyHeaderReader.StoredBlock(plain.ToArray()), .. SpdyHeaderReader.StoredBlock([])];
        if (isStarted)
            return block;
        isStarted = true;
        return [.. ZlibStart, .. block];
    }

    private static void WriteText(MemoryStream target, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteNumber(target, bytes.Length);
        target.Write(bytes);
    }

    private static void WriteNumber(MemoryStream target, int value)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, value);
        target.Write(number);
    }
}
