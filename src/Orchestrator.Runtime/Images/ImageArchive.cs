using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Images;

/// <summary>An image that an archive brought.</summary>
public sealed record LoadedImage(string Id, IReadOnlyList<string> Tags);

/// <summary>
/// Images as files: the OCI image layout (image-spec image-layout.md) and what "docker save" writes, also when one archive is
/// both; compressed as a whole or not.
/// </summary>
public static class ImageArchive
{
    /// <summary>Loads all images of an archive. Layers are copied, verified and unpacked in parallel.</summary>
    /// <exception cref="RuntimeException">InvalidArgument: not an archive of images, or a damaged or hostile one.</exception>
    public static async Task<IReadOnlyList<LoadedImage>> LoadAsync(ImageStore store, string path, CancellationToken cancellationToken)
    {
        using var adding = store.BeginAdding();
        string? plain = null;
        try
        {
            if (Compression.Detect(path) != CompressionKind.None)
            {
                using var compressed = Compression.OpenDecompressed(path);
                path = plain = await SpoolAsync(store, compressed, cancellationToken);
            }

            using var archive = ArchiveFile.Open(path);
            return archive.Contains("index.json")
                ? await new OciLayoutLoader(store, archive).LoadAsync(cancellationToken)
                : await new DockerArchiveLoader(store, archive).LoadAsync(cancellationToken);
        }
        catch (Exception e) when (e is TarException or InvalidDataException)
        {
            throw new RuntimeException(RuntimeError.InvalidArgument, $"failed to load the image archive: {e.Message}", e);
        }
        finally
        {
            if (plain is not null)
                File.Delete(plain);
        }
    }

    /// <summary>Loads from a stream that cannot be read twice, such as standard input.</summary>
    public static async Task<IReadOnlyList<LoadedImage>> LoadAsync(ImageStore store, Stream archive, CancellationToken cancellationToken)
    {
        using var adding = store.BeginAdding();
        var path = await SpoolAsync(store, archive, cancellationToken);
        try
        {
            return await LoadAsync(store, path, cancellationToken);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Writes images as an archive that is both an OCI layout and a docker archive.</summary>
    /// <exception cref="RuntimeException">NotFound.</exception>
    public static Task SaveAsync(ImageStore store, IReadOnlyList<string> images, Stream output, CancellationToken cancellationToken)
    {
        var adding = store.BeginAdding();
        return WorkerThread.RunAsync("image-save", () =>
        {
            using (adding)
                new ImageArchiveWriter(store, output).Write(images, cancellationToken);
        });
    }

    private static async Task<string> SpoolAsync(ImageStore store, Stream source, CancellationToken cancellationToken)
    {
        var path = store.Root.NewWorkPath("spool");
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await source.CopyToAsync(file, cancellationToken);
            return path;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }
}
