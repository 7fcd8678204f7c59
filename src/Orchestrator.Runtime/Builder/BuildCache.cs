using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Runtime.Builder;

/// <summary>What a build step made the last time.</summary>
/// <param name="DiffId">Null when it changed nothing.</param>
/// <param name="Created">RFC 3339.</param>
internal sealed record BuildCacheEntry(string? DiffId, string? Blob, long SizeBytes, string Created);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BuildCacheEntry))]
internal sealed partial class BuildJson : JsonSerializerContext;

/// <summary>
/// Results of build steps, one small file each, named by the digest of all that the step depends on. A step whose layer has
/// been deleted meanwhile counts as not there.
/// </summary>
internal sealed class BuildCache(ImageStore store)
{
    /// <summary>The least recently used beyond these are forgotten when garbage is collected.</summary>
    private const int EntryLimit = 200;

    public BuildCacheEntry? Find(string key)
    {
        var path = PathOf(key);
        if (Read(path) is not { } entry)
            return null;
        if (entry.DiffId is not null && !(store.Layers.Contains(Digest.Parse(entry.DiffId)) && store.Content.Contains(Digest.Parse(entry.Blob!))))
            return null;
        File.SetLastWriteTimeUtc(path, store.Time.GetUtcNow().UtcDateTime);
        return entry;
    }

    public void Add(string key, BuildCacheEntry entry)
    {
        var temporary = store.Root.NewWorkPath("cache");
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(entry, BuildJson.Default.BuildCacheEntry));
        File.Move(temporary, PathOf(key), overwrite: true);
    }

    /// <summary>The entries worth keeping; the others are deleted.</summary>
    public static IEnumerable<BuildCacheEntry> KeepRecent(ImageRoot root)
    {
        var files = new DirectoryInfo(root.BuildCache).GetFiles().OrderByDescending(f => f.LastWriteTimeUtc).ToList();
        foreach (var file in files.Skip(EntryLimit))
            file.Delete();
        return files.Take(EntryLimit).Select(f => Read(f.FullName)).OfType<BuildCacheEntry>();
    }

    public static void Clear(ImageRoot root)
    {
        foreach (var file in Directory.EnumerateFiles(root.BuildCache))
            File.Delete(file);
    }

    private static BuildCacheEntry? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), BuildJson.Default.BuildCacheEntry);
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            // Gone or cut off: the step is done again.
            return null;
        }
    }

    private string PathOf(string key) => Path.Combine(store.Root.BuildCache, key);
}
