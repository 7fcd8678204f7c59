using System.Runtime.InteropServices;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Content;

/// <summary>Decompresses zstd frames with the system's libzstd (zstd.h, streaming decompression). Windows above 128 MiB are refused.</summary>
internal sealed unsafe partial class ZstdStream : ForwardStream
{
    private readonly Stream source;
    private readonly byte[] input = new byte[128 << 10];
    private nint context;
    private int inputPosition;
    private int inputLength;
    private bool frameIsOpen;

    /// <exception cref="RuntimeException">FailedPrecondition, when there is no libzstd.</exception>
    public ZstdStream(Stream source)
    {
        this.source = source;
        try
        {
            context = ZSTD_createDStream();
        }
        catch (DllNotFoundException e)
        {
            throw new RuntimeException(RuntimeError.FailedPrecondition, "the layer is compressed with zstd, and libzstd.so.1 is not installed on this machine", e);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(context == 0, this);
        if (buffer.Length == 0)
            return 0;
        while (true)
        {
            if (inputPosition == inputLength)
            {
                inputLength = source.Read(input);
                inputPosition = 0;
                if (inputLength == 0)
                    return frameIsOpen ? throw new InvalidDataException("the zstd stream is cut off") : 0;
            }

            var written = Decompress(buffer);
            if (written > 0)
                return written;
        }
    }

    private int Decompress(Span<byte> buffer)
    {
        fixed (byte* source = input)
        fixed (byte* target = buffer)
        {
            var from = new ZstdBuffer { Data = source, Size = (nuint)inputLength, Position = (nuint)inputPosition };
            var to = new ZstdBuffer { Data = target, Size = (nuint)buffer.Length };
            var result = ZSTD_decompressStream(context, &to, &from);
            if (ZSTD_isError(result) != 0)
                throw new InvalidDataException($"damaged zstd stream: {Marshal.PtrToStringUTF8(ZSTD_getErrorName(result))}");
            inputPosition = (int)from.Position;
            frameIsOpen = result != 0;
            return (int)to.Position;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (context != 0)
            ZSTD_freeDStream(context);
        context = 0;
        if (disposing)
            source.Dispose();
    }

    private struct ZstdBuffer
    {
        public byte* Data;
        public nuint Size;
        public nuint Position;
    }

    [LibraryImport("libzstd.so.1")]
    private static partial nint ZSTD_createDStream();

    [LibraryImport("libzstd.so.1")]
    private static partial nuint ZSTD_freeDStream(nint context);

    [LibraryImport("libzstd.so.1")]
    private static partial nuint ZSTD_decompressStream(nint context, ZstdBuffer* output, ZstdBuffer* input);

    [LibraryImport("libzstd.so.1")]
    private static partial uint ZSTD_isError(nuint code);

    [LibraryImport("libzstd.so.1")]
    private static partial nint ZSTD_getErrorName(nuint code);
}
