using System.IO.Compression;
using Orchestrator.Runtime.Content;

namespace Orchestrator.Runtime.Builder;

/// <summary>ADD unpacks local tar archives; it tells them by their content, not by their name.</summary>
internal static class AddedArchive
{
    private const int BlockBytes = 512;

    /// <returns>The uncompressed archive, or null when the file is none.</returns>
    /// <exception cref="InstructionException">An archive in a compression that is not supported.</exception>
    public static Stream? TryOpen(SourceTree tree, string path)
    {
        var start = new byte[BlockBytes];
        using (var probe = new FileStream(tree.OpenFile(path), FileAccess.Read))
        {
            probe.ReadAtLeast(start, BlockBytes, throwOnEndOfStream: false);
            if (start is [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..])
                throw new InstructionException($"\"{ByteString.ToText(path)}\" is compressed with xz, which is not supported: decompress it first, or use COPY");
            if (start is [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..])
                throw new InstructionException($"\"{ByteString.ToText(path)}\" is compressed with bzip2, which is not supported: decompress it first, or use COPY");
        }

        using (var plain = Open(tree, path, start))
        {
            var block = new byte[BlockBytes];
            if (Fill(plain, block) < BlockBytes || !block.AsSpan(257, 5).SequenceEqual("ustar"u8))
                return null;
        }

        return Open(tree, path, start);
    }

    private static Stream Open(SourceTree tree, string path, byte[] start)
    {
        var file = new FileStream(tree.OpenFile(path), FileAccess.Read);
        return Compression.Detect(start) switch
        {
            CompressionKind.Gzip => new GZipStream(file, CompressionMode.Decompress),
            CompressionKind.Zstd => new ZstdStream(file),
            _ => file,
        };
    }

    private static int Fill(Stream stream, byte[] block)
    {
        try
        {
            return stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            // It only looked compressed.
            return 0;
        }
    }
}
