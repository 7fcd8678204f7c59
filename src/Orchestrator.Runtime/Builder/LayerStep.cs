using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Images;
using Descriptor = Orchestrator.Runtime.Images.Descriptor;

namespace Orchestrator.Runtime.Builder;

/// <summary>The directories in which one step's changes are collected.</summary>
internal sealed record StepDirectories(string Upper, string Work);

/// <summary>Makes one layer: lets a step change the filesystem of a stage, packs what it changed, and remembers it.</summary>
internal sealed class LayerStep(ImageStore store, BuildCache cache, BuildOptions options)
{
    /// <summary>Takes the layer from the cache or makes it, and puts it on the stage.</summary>
    /// <param name="make">Changes the upper directory; returns the newest time, in seconds since 1970, that may stand in the layer.</param>
    /// <returns>Whether it came from the cache.</returns>
    public async Task<bool> RunAsync(
        StageState stage, string createdBy, Func<StepDirectories, Task<long>> make, CancellationToken cancellationToken)
    {
        var cached = options.NoCache ? null : cache.Find(stage.Key);
        var entry = cached ?? await MakeAsync(make, cancellationToken);
        if (cached is null)
            cache.Add(stage.Key, entry);
        if (entry.DiffId is not null)
        {
            var blob = new Descriptor { MediaType = MediaTypes.OciLayerGzip, Digest = entry.Blob!, Size = entry.SizeBytes };
            stage.Layers.Add(new StageLayer(blob, Digest.Parse(entry.DiffId)));
            stage.Created = entry.Created;
        }

        stage.Config.AddHistory(createdBy, entry.Created, isEmpty: entry.DiffId is null);
        return cached is not null;
    }

    /// <summary>The stage's filesystem, ready to be changed. Changes go to the upper directory.</summary>
    public SafeFileHandle OpenWritable(StageState stage, StepDirectories directories)
    {
        var stack = stage.Stack(store.Layers);
        return stack.Count == 0 ? PathAt.OpenDirectory(directories.Upper) : OverlayMount.Open(stack, directories.Upper, directories.Work);
    }

    /// <exception cref="InstructionException">The stage has no files at all.</exception>
    public SafeFileHandle OpenReadable(StageState stage) => stage.Stack(store.Layers) switch
    {
        [] => throw new InstructionException($"stage \"{stage.Title}\" is empty"),
        [var only] => PathAt.OpenDirectory(only),
        var stack => OverlayMount.Open(stack, upper: null, work: null),
    };

    private async Task<BuildCacheEntry> MakeAsync(Func<StepDirectories, Task<long>> make, CancellationToken cancellationToken)
    {
        var directory = store.Root.NewWorkPath("build");
        var directories = new StepDirectories(Path.Combine(directory, "upper"), Path.Combine(directory, "work"));
        Directory.CreateDirectory(directories.Upper);
        Directory.CreateDirectory(directories.Work);
        File.SetUnixFileMode(directories.Upper, Snapshots.LayerModes.Directory);
        try
        {
            var newest = await make(directories);
            if (options.SourceDateEpoch is { } epoch)
                newest = Math.Min(newest, epoch.ToUnixTimeSeconds());
            return await WorkerThread.RunAsync("image-build", () => Pack(directories.Upper, newest, cancellationToken));
        }
        finally
        {
            FileTree.Delete(directory);
        }
    }

    private BuildCacheEntry Pack(string upper, long newestSeconds, CancellationToken cancellationToken)
    {
        var created = Timestamp();
        using var writer = store.Content.NewWriter();
        Digest diffId;
        using (var packing = new PackingStream(writer))
        {
            if (!LayerPacker.Pack(upper, packing, newestSeconds, cancellationToken))
                return new BuildCacheEntry(null, null, 0, created);
            diffId = packing.Finish();
        }

        var blob = writer.Commit(expected: null);
        store.Unpack(blob.Digest, diffId, cancellationToken);
        return new BuildCacheEntry(diffId.ToString(), blob.Digest.ToString(), blob.SizeBytes, created);
    }

    /// <summary>RFC 3339, whole seconds.</summary>
    public string Timestamp() => (options.SourceDateEpoch ?? store.Time.GetUtcNow()).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
