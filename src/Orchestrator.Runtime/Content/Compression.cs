using System.IO.Compression;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Content;

internal enum CompressionKind { None, Gzip, Zstd }

/// <summary>How a layer is compressed is read off its first bytes; media types are often wrong.</summary>
internal static class Compression
{
    private const int SourceBufferBytes = 256 << 10;

    public static CompressionKind Detect(ReadOnlySpan<byte> start) => start switch
    {
        [0x1F, 0x8B, ..] => CompressionKind.Gzip,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => CompressionKind.Zstd,
        _ => CompressionKind.None,
    };

    public static CompressionKind Detect(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using var file = File.OpenHandle(path);
        return Detect(start[..RandomAccess.Read(file, start, 0)]);
    }

    /// <summary>The uncompressed content of a file of the store. Disposing closes the file.</summary>
    /// <exception cref="RuntimeException">FailedPrecondition, when zstd is needed and libzstd is not on this machine.</exception>
    public static Stream OpenDecompressed(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, SourceBufferBytes, FileOptions.SequentialScan);
        try
        {
            return Detect(path) switch
            {
                CompressionKind.Gzip => new GZipStream(file, CompressionMode.Decompress),
                CompressionKind.Zstd => new ZstdStream(file),
                _ => file,
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
