namespace Orchestrator.Runtime.Builder;

/// <summary>What to build.</summary>
public sealed record BuildOptions
{
    /// <summary>The directory COPY and ADD read from.</summary>
    public required string ContextDirectory { get; init; }

    /// <summary>Null: "Dockerfile" in the context.</summary>
    public string? DockerfilePath { get; init; }

    /// <summary>Names for the image.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Values for ARG.</summary>
    public IReadOnlyDictionary<string, string> BuildArguments { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The stage to build; null: the last.</summary>
    public string? Target { get; init; }

    public bool NoCache { get; init; }

    /// <summary>Ask the registry for the base image even if it is here.</summary>
    public bool Pull { get; init; }

    /// <summary>SOURCE_DATE_EPOCH: no later time goes into the image, and it counts as the time of the build.</summary>
    public DateTimeOffset? SourceDateEpoch { get; init; }
}

/// <param name="Id">Digest of the configuration.</param>
/// <param name="CachedSteps">How many of <paramref name="Steps"/> were taken from the cache.</param>
public sealed record BuildResult(string Id, IReadOnlyList<string> Tags, long SizeBytes, int Steps, int CachedSteps);
