using System.Text.Json;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Images;

/// <summary>Writes images in one archive that OCI tools and "docker load" both understand.</summary>
internal sealed class ImageArchiveWriter(ImageStore store, Stream output)
{
    private readonly TarWriter tar = new(output);
    private readonly HashSet<Digest> written = [];

    public void Write(IReadOnlyList<string> images, CancellationToken cancellationToken)
    {
        var selected = images.Select(name => (Name: name, Entry: store.Get(name))).ToList();
        tar.WriteFile("oci-layout", JsonSerializer.SerializeToUtf8Bytes(new OciLayoutMarker(), ImageJson.Default.OciLayoutMarker));
        var descriptors = new List<Descriptor>();
        var items = new List<DockerArchiveItem>();
        foreach (var group in selected.GroupBy(s => s.Entry.Id))
        {
            var entry = group.First().Entry;
            var tags = group.SelectMany(s => TagsToWrite(s.Name, entry)).Distinct().ToList();
            var image = store.ReadImage(Digest.Parse(entry.Manifest));
            WriteBlob(image.ConfigDigest, cancellationToken);
            foreach (var layer in image.Manifest.Layers)
                WriteBlob(Digest.Parse(layer.Digest), cancellationToken);
            WriteBlob(image.ManifestDigest, cancellationToken);
            descriptors.AddRange(Describe(image, tags));
            items.Add(new DockerArchiveItem
            {
                Config = BlobName(image.ConfigDigest),
                RepoTags = tags,
                Layers = image.Manifest.Layers.Select(l => BlobName(Digest.Parse(l.Digest))).ToList(),
            });
        }

        var index = new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = descriptors };
        tar.WriteFile("index.json", JsonSerializer.SerializeToUtf8Bytes(index, ImageJson.Default.ImageIndex));
        tar.WriteFile("manifest.json", JsonSerializer.SerializeToUtf8Bytes(items, ImageJson.Default.ListDockerArchiveItem));
        tar.Finish();
    }

    /// <summary>The tag that was asked for; all tags when the image was named by its id.</summary>
    private static IReadOnlyList<string> TagsToWrite(string name, ImageEntry entry) =>
        ImageReference.TryParse(name, out var reference) && entry.Tags.Contains(reference.ToString()) ? [reference.ToString()] : entry.Tags;

    private static IEnumerable<Descriptor> Describe(ImageDocuments image, List<string> tags)
    {
        var descriptor = new Descriptor
        {
            MediaType = image.Manifest.MediaType ?? MediaTypes.OciManifest,
            Digest = image.ManifestDigest.ToString(),
            Size = image.ManifestBytes,
            Platform = new Platform { Os = image.Configuration.Os, Architecture = image.Configuration.Architecture },
        };
        if (tags.Count == 0)
            return [descriptor];
        return tags.Select(tag => descriptor with
        {
            Annotations = new Dictionary<string, string>
            {
                ["io.containerd.image.name"] = tag,
                ["org.opencontainers.image.ref.name"] = ImageReference.Parse(tag).Tag!,
            },
        });
    }

    private void WriteBlob(Digest digest, CancellationToken cancellationToken)
    {
        if (!written.Add(digest))
            return;
        using var file = store.Content.OpenRead(digest);
        tar.Write(new TarEntry { Name = BlobName(digest), Mode = 0x1A4, SizeBytes = file.Length });
        var buffer = new byte[256 << 10];
        int count;
        while ((count = file.Read(buffer)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            tar.WriteContent(buffer.AsSpan(0, count));
        }
    }

    private static string BlobName(Digest digest) => "blobs/sha256/" + digest.Hex;
}
