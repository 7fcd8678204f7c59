using System.Buffers;
using System.Security.Cryptography;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Content;

/// <summary>What was written: its digest and its length in bytes.</summary>
public sealed record ContentInfo(Digest Digest, long SizeBytes);

/// <summary>
/// Files named by their sha256. A file appears under its name only once it is whole and its digest is proven; it never changes
/// afterwards. Any number of threads and processes may write and read at the same time.
/// </summary>
internal sealed class ContentStore(ImageRoot root)
{
    private const int BufferBytes = 1 << 20;

    public string PathOf(Digest digest) => Path.Combine(root.Blobs, digest.Hex);

    public bool Contains(Digest digest) => File.Exists(PathOf(digest));

    public long? SizeOf(Digest digest)
    {
        var file = new FileInfo(PathOf(digest));
        return file.Exists ? file.Length : null;
    }

    /// <exception cref="RuntimeException">NotFound.</exception>
    public FileStream OpenRead(Digest digest)
    {
        try
        {
            return new FileStream(PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        }
        catch (FileNotFoundException e)
        {
            throw new RuntimeException(RuntimeError.NotFound, $"content {digest} is not in the image store", e);
        }
    }

    /// <summary>A manifest or configuration as a whole.</summary>
    /// <exception cref="RuntimeException">NotFound, or InvalidArgument when it is longer than <see cref="ImageLimits.DocumentBytes"/>.</exception>
    public byte[] ReadDocument(Digest digest)
    {
        using var file = OpenRead(digest);
        if (file.Length > ImageLimits.DocumentBytes)
            throw new RuntimeException(RuntimeError.InvalidArgument, $"content {digest} is too large to be a manifest ({file.Length} bytes)");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public ContentInfo Write(ReadOnlySpan<byte> content)
    {
        var digest = Digest.Of(content);
        if (!Contains(digest))
        {
            var temporary = root.NewWorkPath("blob");
            File.WriteAllBytes(temporary, content);
            File.Move(temporary, PathOf(digest), overwrite: true);
        }

        return new ContentInfo(digest, content.Length);
    }

    /// <summary>Copies a stream into the store.</summary>
    /// <param name="expected">Refuses anything else; null accepts what comes.</param>
    /// <param name="limitBytes">Refuses a longer stream.</param>
    /// <exception cref="RuntimeException">InvalidArgument: another digest, or too long. Nothing is kept then.</exception>
    public ContentInfo Ingest(Stream source, Digest? expected, long limitBytes, CancellationToken cancellationToken)
    {
        using var writer = new ContentWriter(root, this);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int count;
            while ((count = source.Read(buffer, 0, BufferBytes)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                writer.Append(buffer.AsSpan(0, count), limitBytes);
            }

            return writer.Commit(expected);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public ContentWriter NewWriter() => new(root, this);

    public IEnumerable<(Digest Digest, long SizeBytes)> List()
    {
        foreach (var file in new DirectoryInfo(root.Blobs).EnumerateFiles())
        {
            if (Digest.TryParse("sha256:" + file.Name, out var digest))
                yield return (digest, file.Length);
        }
    }

    public void Delete(Digest digest) => File.Delete(PathOf(digest));
}

/// <summary>One piece of content on its way in. Disposing without commit leaves nothing behind.</summary>
internal sealed class ContentWriter : IDisposable
{
    private readonly ContentStore store;
    private readonly string temporary;
    private readonly FileStream file;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public ContentWriter(ImageRoot root, ContentStore store)
    {
        this.store = store;
        temporary = root.NewWorkPath("blob");
        file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> data, long limitBytes)
    {
        if (Length + data.Length > limitBytes)
            throw new RuntimeException(RuntimeError.InvalidArgument, $"content is longer than the {limitBytes} bytes announced or allowed");
        file.Write(data);
        hash.AppendData(data);
        Length += data.Length;
    }

    /// <summary>Publishes the content.</summary>
    /// <exception cref="RuntimeException">InvalidArgument, when the digest is not the expected one.</exception>
    public ContentInfo Commit(Digest? expected)
    {
        file.Dispose();
        var digest = Digest.FromHash(hash.GetHashAndReset());
        if (expected is { } wanted && wanted != digest)
            throw new RuntimeException(RuntimeError.InvalidArgument, $"content has digest {digest}, expected {wanted}");
        File.Move(temporary, store.PathOf(digest), overwrite: true);
        return new ContentInfo(digest, Length);
    }

    public void Dispose()
    {
        file.Dispose();
        hash.Dispose();
        File.Delete(temporary);
    }
}
