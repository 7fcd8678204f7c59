using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Runtime.Snapshots;

/// <summary>An image ready to run from.</summary>
/// <param name="Id">"sha256:…", the digest of the configuration.</param>
/// <param name="LayerDirectories">Absolute paths for overlayfs' lowerdir, topmost first. Never empty; never written to.</param>
/// <param name="MountPoints">A layer below them with the places for the runtime's mounts, shared by all images; null: a container makes its own.</param>
public sealed record ContainerImage(string Id, OciImageConfig Config, IReadOnlyList<string> LayerDirectories, string? MountPoints = null);

/// <summary>The "config" object of an OCI image configuration (image-spec config.md): how to run a container from the image.</summary>
/// <param name="MountPoints">A layer below them with the places for the runtime's mounts, shared by all images; null: a container makes its own.</param>
public sealed record OciImageConfig
{
    /// <summary>user, uid, user:group or uid:gid.</summary>
    [JsonPropertyName("User")]
    public string? User { get; init; }

    [JsonPropertyName("ExposedPorts")]
    public IReadOnlyDictionary<string, JsonElement>? ExposedPorts { get; init; }

    /// <summary>NAME=value.</summary>
    [JsonPropertyName("Env")]
    public IReadOnlyList<string>? Env { get; init; }

    [JsonPropertyName("Entrypoint")]
    public IReadOnlyList<string>? Entrypoint { get; init; }

    [JsonPropertyName("Cmd")]
    public IReadOnlyList<string>? Cmd { get; init; }

    [JsonPropertyName("Volumes")]
    public IReadOnlyDictionary<string, JsonElement>? Volumes { get; init; }

    [JsonPropertyName("WorkingDir")]
    public string? WorkingDir { get; init; }

    [JsonPropertyName("Labels")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>A name ("SIGQUIT", "QUIT") or a number.</summary>
    [JsonPropertyName("StopSignal")]
    public string? StopSignal { get; init; }
}
