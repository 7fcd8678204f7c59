using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Images;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Builder;

/// <summary>One build: builds the target stage and those it needs, each once.</summary>
internal sealed class BuildSession : IDisposable
{
    private readonly ImageStore store;
    private readonly IImagePuller puller;
    private readonly BuildOptions options;
    private readonly Dockerfile dockerfile;
    private readonly BuildOutput output;
    private readonly Dictionary<string, string> globalArguments;
    private readonly Dictionary<int, StageState> stages = [];
    private readonly Dictionary<string, StageState> images = [];
    private readonly HashSet<string> usedArguments = [];
    private readonly InstructionRunner instructions;

    public BuildSession(
        ImageStore store, IImagePuller puller, IBuildContainerRunner? runner, BuildOptions options, Dockerfile dockerfile, string dockerfilePath, BuildOutput output)
    {
        (this.store, this.puller, this.options, this.dockerfile, this.output) = (store, puller, options, dockerfile, output);
        Context = new SourceTree(PathAt.OpenDirectory(options.ContextDirectory), ReadIgnore(dockerfilePath), "the build context");
        Layers = new LayerStep(store, new BuildCache(store), options);
        globalArguments = PlatformArguments();
        foreach (var instruction in dockerfile.GlobalArguments)
            At(instruction, () => DeclareGlobal(instruction));
        instructions = new InstructionRunner(this, store, runner, output, dockerfile.Escape);
    }

    public SourceTree Context { get; }

    public LayerStep Layers { get; }

    public async Task<StageState> BuildTargetAsync(CancellationToken cancellationToken)
    {
        var target = options.Target is null
            ? dockerfile.Stages[^1]
            : FindStage(options.Target, dockerfile.Stages.Count)
                ?? throw new RuntimeException(RuntimeError.InvalidArgument, $"{dockerfile.Path}: there is no stage \"{options.Target}\"");
        var stage = await BuildStageAsync(target, cancellationToken);
        var unused = options.BuildArguments.Keys.Where(name => !usedArguments.Contains(name)).ToList();
        if (unused.Count > 0)
            output.Note($"build arguments that no ARG declares: {string.Join(", ", unused)}");
        return stage;
    }

    /// <summary>The stage or image that "--from" names.</summary>
    public async Task<StageState> FromAsync(string name, int before, CancellationToken cancellationToken) =>
        FindStage(name, before) is { } stage ? await BuildStageAsync(stage, cancellationToken) : await ImageAsync(name, cancellationToken);

    /// <summary>The value of a declared argument: from the caller, the instruction, or the top of the file.</summary>
    public string? Argument(string name, string? standard)
    {
        usedArguments.Add(name);
        return options.BuildArguments.TryGetValue(name, out var given) ? given : standard ?? globalArguments.GetValueOrDefault(name);
    }

    public void Dispose() => Context.Dispose();

    private async Task<StageState> BuildStageAsync(DockerfileStage stage, CancellationToken cancellationToken)
    {
        if (stages.TryGetValue(stage.Index, out var built))
            return built;
        var state = await At(stage.Line, "FROM", () => StartAsync(stage, cancellationToken));
        var count = stage.Instructions.Count;
        for (var i = 0; i < count; i++)
        {
            var instruction = stage.Instructions[i];
            output.Step(stage.Title, i + 1, count, instruction.ToString());
            var cached = await At(instruction.Line, instruction.Keyword, () => instructions.ApplyAsync(stage, state, instruction, cancellationToken));
            output.StepDone(cached);
        }

        return stages[stage.Index] = state;
    }

    private async Task<StageState> StartAsync(DockerfileStage stage, CancellationToken cancellationToken)
    {
        var source = new ShellWords(globalArguments, dockerfile.Escape).Expand(stage.Source);
        if (source.Length == 0)
            throw new InstructionException($"\"{stage.Source}\" is empty: a build argument without value?");
        if (FindStage(source, stage.Index) is { } earlier)
            return (await BuildStageAsync(earlier, cancellationToken)).Continue(stage.Title);
        if (source == "scratch")
            return new StageState { Title = stage.Title, Config = ImageConfigDocument.Empty(), Key = "scratch", Created = Layers.Timestamp() };
        return (await ImageAsync(source, cancellationToken)).Continue(stage.Title);
    }

    private async Task<StageState> ImageAsync(string name, CancellationToken cancellationToken)
    {
        if (images.TryGetValue(name, out var known))
            return known;
        if (options.Pull || store.Find(name) is null)
            await puller.PullAsync(store, ImageReference.Parse(name), auth: null, cancellationToken);
        var entry = store.Get(name);
        var image = store.ReadImage(Digest.Parse(entry.Manifest));
        var config = ImageConfigDocument.Parse(image.ConfigBytes);
        if (config.HasTriggers)
            throw new InstructionException($"image {name} has ONBUILD instructions, which are not supported");
        return images[name] = new StageState
        {
            Title = name,
            Config = config,
            Layers = image.Manifest.Layers.Zip(image.DiffIds, (blob, diffId) => new StageLayer(blob, diffId)).ToList(),
            Key = entry.Id,
            Created = config.Created ?? Layers.Timestamp(),
        };
    }

    private DockerfileStage? FindStage(string name, int before)
    {
        var earlier = dockerfile.Stages.Take(before);
        return earlier.LastOrDefault(s => s.Name == name.ToLowerInvariant())
            ?? (int.TryParse(name, out var index) ? earlier.FirstOrDefault(s => s.Index == index) : null);
    }

    private void DeclareGlobal(DockerfileInstruction instruction)
    {
        var words = new ShellWords(globalArguments, dockerfile.Escape);
        foreach (var declaration in words.SplitRaw(instruction.Arguments))
        {
            var (name, standard) = InstructionRunner.SplitPair(declaration);
            usedArguments.Add(name);
            var value = options.BuildArguments.TryGetValue(name, out var given) ? given : standard is null ? globalArguments.GetValueOrDefault(name) : words.Expand(standard);
            if (value is not null)
                globalArguments[name] = value;
        }
    }

    private static Dictionary<string, string> PlatformArguments() => new()
    {
        ["TARGETPLATFORM"] = "linux/" + ImageStore.Architecture,
        ["TARGETOS"] = "linux",
        ["TARGETARCH"] = ImageStore.Architecture,
        ["BUILDPLATFORM"] = "linux/" + ImageStore.Architecture,
        ["BUILDOS"] = "linux",
        ["BUILDARCH"] = ImageStore.Architecture,
    };

    /// <summary>"NAME.dockerignore" beside the Dockerfile wins over ".dockerignore" of the context.</summary>
    private DockerIgnore ReadIgnore(string dockerfilePath)
    {
        foreach (var path in new[] { dockerfilePath + ".dockerignore", Path.Combine(options.ContextDirectory, ".dockerignore") })
        {
            if (File.Exists(path))
                return DockerIgnore.Parse(File.ReadAllText(path));
        }

        return DockerIgnore.None;
    }

    private void At(DockerfileInstruction instruction, Action work) => At(instruction.Line, instruction.Keyword, () =>
    {
        work();
        return Task.FromResult(true);
    }).GetAwaiter().GetResult();

    /// <summary>Gives each failure its place.</summary>
    private async Task<T> At<T>(int line, string keyword, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is InstructionException or LinuxException or TarException or IOException)
        {
            throw BuildFailure.At(dockerfile.Path, line, $"{keyword}: {e.Message}", e);
        }
        catch (RuntimeException e) when (!e.Message.StartsWith(dockerfile.Path + ":", StringComparison.Ordinal))
        {
            throw new RuntimeException(e.Error, $"{dockerfile.Path}:{line}: {keyword}: {e.Message}", e);
        }
    }
}
