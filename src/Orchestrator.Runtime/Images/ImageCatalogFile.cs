using System.Text.Json;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Content;

namespace Orchestrator.Runtime.Images;

/// <summary>
/// The catalog on disk: one JSON file, replaced atomically under a lock, read again when another process has replaced it (its
/// inode, size or time differ). Reading takes no lock.
/// </summary>
internal sealed class ImageCatalogFile(ImageRoot root)
{
    private sealed record Loaded(FileStatus Status, ImageCatalog Catalog);

    private volatile Loaded? loaded;

    public ImageCatalog Read()
    {
        var status = CurrentStatus();
        if (status is null)
            return new ImageCatalog();
        var seen = loaded;
        if (seen is not null && seen.Status == status)
            return seen.Catalog;
        var bytes = File.ReadAllBytes(root.Catalog);
        var catalog = ImageJson.Parse(bytes, ImageJson.Default.ImageCatalog, $"image catalog {root.Catalog}");
        // The file may have been replaced between the two calls; then the next read sees another status and loads again.
        loaded = new Loaded(status.Value, catalog);
        return catalog;
    }

    /// <summary>Replaces the catalog by what a pure function makes of it. The file is on disk when this returns.</summary>
    public ImageCatalog Update(Func<ImageCatalog, ImageCatalog> change)
    {
        using var one = FileLock.Exclusive(root.CatalogLock);
        var before = Read();
        var after = change(before);
        if (ReferenceEquals(before, after))
            return after;
        var temporary = root.NewWorkPath("catalog");
        using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, after, ImageJson.Default.ImageCatalog);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, root.Catalog, overwrite: true);
        return after;
    }

    private FileStatus? CurrentStatus()
    {
        using var directory = PathAt.OpenDirectory(root.Path);
        return PathAt.Status(directory, "images.json\0"u8, out var status) == 0 ? status with { Links = 1 } : null;
    }
}
