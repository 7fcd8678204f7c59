using System.Text.Json.Nodes;
using Orchestrator.Runtime.Builder;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Images;

/// <summary>What a person may want of the images beyond what the CRI knows: names, insight, tidying up.</summary>
public sealed class ImageAdministration(ImageStore store)
{
    /// <summary>Gives an image another name, taking the name from the image that had it.</summary>
    /// <returns>The complete name.</returns>
    /// <exception cref="RuntimeException">NotFound, or InvalidArgument for a name with a digest.</exception>
    public string Tag(string image, string name)
    {
        var reference = ImageReference.Parse(name);
        if (reference.Digest is not null)
            throw new RuntimeException(RuntimeError.InvalidArgument, $"\"{name}\" names an image by digest: only tags can be given");
        using var adding = store.BeginAdding();
        store.Catalog.Update(catalog =>
        {
            var entry = store.Get(image);
            return catalog.With(entry with
            {
                Tags = [reference.ToString()],
                Digests = [reference.WithDigest(Digest.Parse(entry.Manifest)).ToString()],
            });
        });
        return reference.ToString();
    }

    /// <summary>How the layers came about, newest first, as in the configuration.</summary>
    /// <exception cref="RuntimeException">NotFound.</exception>
    public IReadOnlyList<HistoryEntry> History(string image) =>
        (Documents(image).Configuration.History ?? []).Reverse().ToList();

    /// <summary>All that is known of an image: names, digests, sizes and the configuration as it is.</summary>
    /// <exception cref="RuntimeException">NotFound.</exception>
    public JsonObject Inspect(string image)
    {
        var entry = store.Get(image);
        var documents = store.ReadImage(Digest.Parse(entry.Manifest));
        var layers = documents.Manifest.Layers.Zip(documents.DiffIds, (layer, diffId) => (JsonNode)new JsonObject
        {
            ["digest"] = layer.Digest,
            ["diffId"] = diffId.ToString(),
            ["mediaType"] = layer.MediaType,
            ["size"] = layer.Size,
            ["unpackedSize"] = store.Layers.Contains(diffId) ? store.Layers.Describe(diffId).SizeBytes : null,
        });
        return new JsonObject
        {
            ["id"] = entry.Id,
            ["manifest"] = entry.Manifest,
            ["tags"] = Strings(entry.Tags),
            ["digests"] = Strings(entry.Digests),
            ["size"] = entry.SizeBytes,
            ["addedAt"] = entry.AddedAt.UtcDateTime.ToString("O"),
            ["layers"] = new JsonArray([.. layers]),
            ["configuration"] = JsonNode.Parse(documents.ConfigBytes),
        };
    }

    /// <summary>Removes images without a name, or all that no container uses, and content that nothing needs.</summary>
    /// <param name="all">Also images with names, and remembered build steps.</param>
    /// <exception cref="RuntimeException">Unavailable, when another process is just adding images.</exception>
    public async Task<CollectedGarbage> PruneAsync(bool all, CancellationToken cancellationToken)
    {
        var held = store.Holds.List().Select(h => h.ImageId).ToHashSet();
        store.Catalog.Update(catalog => catalog with
        {
            Images = catalog.Images.Where(i => held.Contains(i.Id) || (!all && i.Tags.Count > 0)).ToList(),
        });
        if (all)
            BuildCache.Clear(store.Root);
        var collected = await WorkerThread.RunAsync("image-garbage", store.Garbage.TryCollect);
        return collected ?? throw new RuntimeException(RuntimeError.Unavailable, "an image is just being pulled, loaded or built: try again when that is done");
    }

    private ImageDocuments Documents(string image) => store.ReadImage(Digest.Parse(store.Get(image).Manifest));

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(v => JsonValue.Create(v))]);
}
