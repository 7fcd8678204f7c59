using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Runtime.Tests.Images;

/// <summary>Makes layers and archives with the framework's own tar writer, so that ours is not tested against itself.</summary>
internal static class TestImage
{
    public static byte[] Tar(params TarEntry[] entries)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in entries)
                writer.WriteEntry(entry);
        }

        return stream.ToArray();
    }

    public static PaxTarEntry File(string name, string content, UnixFileMode mode = (UnixFileMode)0x1A4, int uid = 0) =>
        new(TarEntryType.RegularFile, name)
        {
            DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)), Mode = mode, Uid = uid, Gid = uid, ModificationTime = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000),
        };

    public static PaxTarEntry Directory(string name, int mode = 0x1ED, int uid = 0) =>
        new(TarEntryType.Directory, name) { Mode = (UnixFileMode)mode, Uid = uid, Gid = uid, ModificationTime = DateTimeOffset.FromUnixTimeSeconds(1_500_000_000) };

    public static PaxTarEntry Symlink(string name, string target) => new(TarEntryType.SymbolicLink, name) { LinkName = target };

    public static PaxTarEntry HardLink(string name, string target) => new(TarEntryType.HardLink, name) { LinkName = target };

    public static byte[] Gzip(byte[] data)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(data);
        return stream.ToArray();
    }

    public static string Sha(byte[] data) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(data));

    /// <summary>An OCI layout with one image of gzip layers.</summary>
    public static byte[] OciArchive(string? name, params byte[][] layers) => Archive(OciFiles(name, layers));

    public static Dictionary<string, byte[]> OciFiles(string? name, params byte[][] layers)
    {
        var files = new Dictionary<string, byte[]>();
        var config = Config(layers);
        var blobs = layers.Select(Gzip).ToList();
        var manifest = Bytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["config"] = Describe(config, "application/vnd.oci.image.config.v1+json"),
            ["layers"] = new JsonArray([.. blobs.Select(b => Describe(b, "application/vnd.oci.image.layer.v1.tar+gzip"))]),
        });
        var descriptor = Describe(manifest, "application/vnd.oci.image.manifest.v1+json");
        if (name is not null)
            descriptor["annotations"] = new JsonObject { ["io.containerd.image.name"] = name };
        files["oci-layout"] = """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray();
        files["index.json"] = Bytes(new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray(descriptor) });
        foreach (var blob in blobs.Append(config).Append(manifest))
            files["blobs/sha256/" + Sha(blob)[7..]] = blob;
        return files;
    }

    /// <summary>What "docker save" wrote before it knew OCI layouts.</summary>
    public static byte[] DockerArchive(string tag, params byte[][] layers)
    {
        var config = Config(layers);
        var files = new Dictionary<string, byte[]> { ["config.json"] = config };
        var names = new JsonArray();
        for (var i = 0; i < layers.Length; i++)
        {
            files[$"layer{i}/layer.tar"] = layers[i];
            names.Add($"layer{i}/layer.tar");
        }

        files["manifest.json"] = Bytes(new JsonArray(new JsonObject { ["Config"] = "config.json", ["RepoTags"] = new JsonArray(tag), ["Layers"] = names }));
        return Archive(files);
    }

    public static byte[] Archive(Dictionary<string, byte[]> files)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, content) in files)
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        return stream.ToArray();
    }

    public static JsonObject Describe(byte[] blob, string mediaType) =>
        new() { ["mediaType"] = mediaType, ["digest"] = Sha(blob), ["size"] = blob.Length };

    public static byte[] Bytes(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node);

    private static byte[] Config(byte[][] layers) => Bytes(new JsonObject
    {
        ["architecture"] = "amd64",
        ["os"] = "linux",
        ["config"] = new JsonObject { ["User"] = "1000:1000", ["Env"] = new JsonArray("A=1"), ["Entrypoint"] = new JsonArray("/app") },
        ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray([.. layers.Select(l => JsonValue.Create(Sha(l)))]) },
    });
}
