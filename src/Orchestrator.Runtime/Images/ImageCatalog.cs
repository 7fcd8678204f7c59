namespace Orchestrator.Runtime.Images;

/// <summary>All images of a store at one moment. Immutable.</summary>
internal sealed record ImageCatalog
{
    public int Version { get; init; } = 1;

    public IReadOnlyList<ImageEntry> Images { get; init; } = [];

    public ImageEntry? Find(string id) => Images.FirstOrDefault(i => i.Id == id);

    /// <summary>Adds an image, or adds to what is known of it. A tag names one image only: it leaves the one that had it.</summary>
    public ImageCatalog With(ImageEntry added)
    {
        var images = new List<ImageEntry>(Images.Count + 1);
        var merged = added;
        foreach (var image in Images)
        {
            if (image.Id == added.Id)
                merged = added with { Tags = Union(image.Tags, added.Tags), Digests = Union(image.Digests, added.Digests), AddedAt = image.AddedAt };
            else
                images.Add(image.Tags.Any(added.Tags.Contains) ? image with { Tags = image.Tags.Except(added.Tags).ToList() } : image);
        }

        images.Add(merged);
        return this with { Images = images };
    }

    public ImageCatalog Without(string id) => this with { Images = Images.Where(i => i.Id != id).ToList() };

    public ImageCatalog Replacing(ImageEntry changed) => this with { Images = Images.Select(i => i.Id == changed.Id ? changed : i).ToList() };

    private static List<string> Union(IReadOnlyList<string> first, IReadOnlyList<string> second) => first.Union(second).Order(StringComparer.Ordinal).ToList();
}

/// <summary>One image: everything that listing images and starting a container needs to know without opening another file.</summary>
internal sealed record ImageEntry
{
    /// <summary>Digest of the configuration.</summary>
    public required string Id { get; init; }

    /// <summary>Digest of the manifest kept in the store.</summary>
    public required string Manifest { get; init; }

    /// <summary>Complete names with a tag.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Complete names with the digest that the registry knows: of the manifest or of the index above it.</summary>
    public IReadOnlyList<string> Digests { get; init; } = [];

    /// <summary>Manifest, configuration and layers as they are stored.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Digests of the uncompressed layers, bottom first.</summary>
    public required IReadOnlyList<string> DiffIds { get; init; }

    /// <summary>Name of the fix-up layer on top; see <see cref="Snapshots.FixupLayer"/>.</summary>
    public string? Fixup { get; init; }

    /// <summary>The configuration's user, as written there.</summary>
    public string User { get; init; } = "";

    /// <summary>When the image was made, as its configuration says (RFC 3339).</summary>
    public string? Created { get; init; }

    public DateTimeOffset AddedAt { get; init; }
}
