using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Images;

/// <summary>Media types of the OCI image specification and Docker's image manifest version 2.</summary>
internal static class MediaTypes
{
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";
    public const string OciLayer = "application/vnd.oci.image.layer.v1.tar";
    public const string OciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
    public const string OciLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";
    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    public static bool IsIndex(string? type) => type is OciIndex or DockerList;

    public static bool IsManifest(string? type) => type is OciManifest or DockerManifest;
}

/// <summary>image-spec descriptor.md.</summary>
internal sealed record Descriptor
{
    public string? MediaType { get; init; }
    public required string Digest { get; init; }
    public long Size { get; init; }
    public IReadOnlyList<string>? Urls { get; init; }
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
    public Platform? Platform { get; init; }
}

internal sealed record Platform
{
    public required string Architecture { get; init; }
    public required string Os { get; init; }
    public string? Variant { get; init; }
}

/// <summary>image-spec manifest.md.</summary>
internal sealed record ImageManifest
{
    public int SchemaVersion { get; init; } = 2;
    public string? MediaType { get; init; }
    public required Descriptor Config { get; init; }
    public required IReadOnlyList<Descriptor> Layers { get; init; }
}

/// <summary>image-spec image-index.md.</summary>
internal sealed record ImageIndex
{
    public int SchemaVersion { get; init; } = 2;
    public string? MediaType { get; init; }
    public required IReadOnlyList<Descriptor> Manifests { get; init; }
}

/// <summary>image-spec config.md. What is not named here is carried along unchanged when an image is built from another.</summary>
internal sealed record ImageConfiguration
{
    public string? Created { get; init; }
    public string? Author { get; init; }
    public required string Architecture { get; init; }
    public required string Os { get; init; }
    public OciImageConfig? Config { get; init; }
    public required RootFilesystem Rootfs { get; init; }
    public IReadOnlyList<HistoryEntry>? History { get; init; }
}

internal sealed record RootFilesystem
{
    public string Type { get; init; } = "layers";

    [JsonPropertyName("diff_ids")]
    public required IReadOnlyList<string> DiffIds { get; init; }
}

/// <summary>How one layer came about.</summary>
public sealed record HistoryEntry
{
    public string? Created { get; init; }

    [JsonPropertyName("created_by")]
    public string? CreatedBy { get; init; }

    public string? Author { get; init; }
    public string? Comment { get; init; }

    /// <summary>The instruction made no layer.</summary>
    [JsonPropertyName("empty_layer")]
    public bool EmptyLayer { get; init; }
}

/// <summary>What tells an index from a manifest.</summary>
internal sealed record ManifestKind
{
    public int SchemaVersion { get; init; }
    public string? MediaType { get; init; }
}

/// <summary>One image in docker-archive's manifest.json.</summary>
internal sealed record DockerArchiveItem
{
    [JsonPropertyName("Config")]
    public required string Config { get; init; }

    [JsonPropertyName("RepoTags")]
    public IReadOnlyList<string>? RepoTags { get; init; }

    [JsonPropertyName("Layers")]
    public required IReadOnlyList<string> Layers { get; init; }
}

internal sealed record OciLayoutMarker
{
    public string ImageLayoutVersion { get; init; } = "1.0.0";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, MaxDepth = 32)]
[JsonSerializable(typeof(ImageManifest))]
[JsonSerializable(typeof(ImageIndex))]
[JsonSerializable(typeof(ManifestKind))]
[JsonSerializable(typeof(ImageConfiguration))]
[JsonSerializable(typeof(List<DockerArchiveItem>))]
[JsonSerializable(typeof(OciLayoutMarker))]
[JsonSerializable(typeof(ImageCatalog))]
internal sealed partial class ImageJson : JsonSerializerContext
{
    /// <summary>Parses a document of an image.</summary>
    /// <exception cref="Cri.RuntimeException">InvalidArgument, naming the document.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> document, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string what)
    {
        try
        {
            return JsonSerializer.Deserialize(document, type) ?? throw new JsonException("the document is null");
        }
        catch (JsonException e)
        {
            throw new Cri.RuntimeException(Cri.RuntimeError.InvalidArgument, $"{what} is not valid: {e.Message}", e);
        }
    }
}
