using System.Text.Json;
using Orchestrator.Linux;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Runtime.Builder;

/// <summary>Builds images from Dockerfiles: stages, COPY, ADD, RUN and what sets the configuration, with a cache of layers.</summary>
/// <param name="puller">Fetches base images that are not here.</param>
/// <param name="runner">Runs the commands of RUN; null refuses RUN.</param>
public sealed class ImageBuilder(ImageStore store, IImagePuller puller, IBuildContainerRunner? runner)
{
    /// <param name="progress">Receives one line per step and what commands print.</param>
    /// <exception cref="RuntimeException">InvalidArgument and others, with file and line in the message.</exception>
    public async Task<BuildResult> BuildAsync(BuildOptions options, Stream progress, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(options.ContextDirectory))
            throw new RuntimeException(RuntimeError.NotFound, $"the build context {options.ContextDirectory} is not a directory");
        var tags = options.Tags.Select(t => ImageReference.Parse(t).ToString()).Distinct().ToList();
        var path = options.DockerfilePath ?? Path.Combine(options.ContextDirectory, "Dockerfile");
        var dockerfile = DockerfileParser.Parse(Path.GetFileName(path), ReadDockerfile(path));
        using var adding = store.BeginAdding();
        var output = new BuildOutput(progress, store.Time);
        using var session = new BuildSession(store, puller, runner, options, dockerfile, path, output);
        var stage = await session.BuildTargetAsync(cancellationToken);
        return await CommitAsync(stage, options, tags, output, cancellationToken);
    }

    private async Task<BuildResult> CommitAsync(
        StageState stage, BuildOptions options, List<string> tags, BuildOutput output, CancellationToken cancellationToken)
    {
        if (stage.Layers.Count == 0)
            throw new RuntimeException(RuntimeError.InvalidArgument, "the image would have no files: nothing was copied into it");
        foreach (var (name, value) in options.Labels.OrderBy(l => l.Key, StringComparer.Ordinal))
            stage.Config.SetLabel(name, value);
        var config = store.Content.Write(stage.Config.ToBytes(stage.DiffIds.Select(d => d.ToString()), stage.Created));
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = config.Digest.ToString(), Size = config.SizeBytes },
            Layers = stage.Layers.Select(l => l.Blob).ToList(),
        };
        var stored = store.Content.Write(JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Default.ImageManifest));
        var digests = tags.Select(t => ImageReference.Parse(t).WithDigest(stored.Digest).ToString()).Distinct().ToList();
        var entry = await store.RegisterAsync(stored.Digest, tags, digests, cancellationToken);
        output.Finished(entry.Id, tags);
        return new BuildResult(entry.Id, tags, entry.SizeBytes, output.Steps, output.CachedSteps);
    }

    private static string ReadDockerfile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RuntimeException(RuntimeError.NotFound, $"failed to read the Dockerfile: {e.Message}", e);
        }
    }
}
