using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Builder;
using Orchestrator.Runtime.Content;

namespace Orchestrator.Runtime.Images;

/// <summary>What was deleted.</summary>
public sealed record CollectedGarbage(int Blobs, int Layers, long Bytes);

/// <summary>
/// Deletes content and layers that no image in the catalog, no holder of an image and no cached build step refers to. It runs
/// only when nobody is adding content, for content on its way in has no reference yet.
/// </summary>
internal sealed class ImageGarbageCollector(ImageStore store)
{
    /// <returns>Null when content is just being added: then it does nothing.</returns>
    public CollectedGarbage? TryCollect()
    {
        var trash = new List<string>();
        CollectedGarbage collected;
        using (var alone = FileLock.TryExclusive(store.Root.ContentLock))
        {
            if (alone is null)
                return null;
            // Nobody adds content now, so what is unfinished stays so: its process died.
            trash.AddRange(System.IO.Directory.EnumerateFileSystemEntries(store.Root.Work).Where(IsAbandoned));
            collected = Sweep(trash);
        }

        // Deleting many files takes its time, in which containers can be created again.
        foreach (var path in trash)
            FileTree.Delete(path);
        return collected;
    }

    /// <summary>Catalog and hold files are written without the content lock.</summary>
    private static bool IsAbandoned(string path) =>
        !Path.GetFileName(path).StartsWith("catalog-", StringComparison.Ordinal) && !Path.GetFileName(path).StartsWith("hold-", StringComparison.Ordinal);

    private CollectedGarbage Sweep(List<string> trash)
    {
        var keepBlobs = new HashSet<string>();
        var keepLayers = new HashSet<string>();
        foreach (var image in store.Catalog.Read().Images)
            Mark(image, keepBlobs, keepLayers);
        foreach (var hold in store.Holds.List())
            keepLayers.UnionWith(hold.LayerNames);
        foreach (var step in BuildCache.KeepRecent(store.Root))
            Mark(step, keepBlobs, keepLayers);
        return Sweep(keepBlobs, keepLayers, trash);
    }

    private static void Mark(BuildCacheEntry step, HashSet<string> blobs, HashSet<string> layers)
    {
        if (step.DiffId is null)
            return;
        blobs.Add(step.Blob!);
        layers.Add(Digest.Parse(step.DiffId).Hex);
    }

    private void Mark(ImageEntry image, HashSet<string> blobs, HashSet<string> layers)
    {
        var documents = store.ReadImage(Digest.Parse(image.Manifest));
        blobs.Add(image.Manifest);
        blobs.Add(image.Id);
        blobs.UnionWith(documents.Manifest.Layers.Select(l => l.Digest));
        layers.UnionWith(LayerNames(image));
    }

    /// <summary>The directories under the layer store that an image needs.</summary>
    public static IEnumerable<string> LayerNames(ImageEntry image)
    {
        foreach (var diffId in image.DiffIds)
            yield return Digest.Parse(diffId).Hex;
        if (image.Fixup is not null)
            yield return image.Fixup;
    }

    private CollectedGarbage Sweep(HashSet<string> keepBlobs, HashSet<string> keepLayers, List<string> trash)
    {
        var blobs = 0;
        long bytes = 0;
        foreach (var (digest, size) in store.Content.List())
        {
            if (keepBlobs.Contains(digest.ToString()))
                continue;
            store.Content.Delete(digest);
            blobs++;
            bytes += size;
        }

        var layers = 0;
        foreach (var name in store.Layers.ListNames().ToList())
        {
            if (keepLayers.Contains(name))
                continue;
            bytes += store.Layers.SizeOf(name);
            trash.Add(store.Layers.Detach(name));
            layers++;
        }

        return new CollectedGarbage(blobs, layers, bytes);
    }
}
