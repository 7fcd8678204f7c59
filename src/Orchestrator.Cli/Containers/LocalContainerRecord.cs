using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Linux.Files;

namespace Orchestrator.Cli.Containers;

/// <summary>A container of <c>orc ctr</c> as it is noted in record.json, which is written last: what has none is not there yet.</summary>
/// <param name="DataDirectory">Where its image and its writable layer are.</param>
/// <param name="RemoveWhenEnded">Nobody wants to look at it once it has ended (--rm).</param>
internal sealed record LocalContainerRecord(
    string Name, string DataDirectory, string SandboxId, string ContainerId, string Image, IReadOnlyList<string> Command, bool RemoveWhenEnded)
{
    public const string FileName = "record.json";

    [JsonIgnore]
    public LocalContainerPaths Paths => new(DataDirectory, Name);

    /// <returns>Null when there is no container of that name, or it is being made or removed, or the machine lost its power meanwhile.</returns>
    public static LocalContainerRecord? TryLoad(string runDirectory) =>
        FileCalls.TryReadAll(Path.Combine(runDirectory, FileName)) is { Length: > 0 } bytes
            ? JsonSerializer.Deserialize(bytes, LocalContainerJson.Default.LocalContainerRecord)
            : null;

    public void Save() => FileCalls.ReplaceAtomically(
        Path.Combine(Paths.Run, FileName), JsonSerializer.SerializeToUtf8Bytes(this, LocalContainerJson.Default.LocalContainerRecord));
}

/// <summary>Where a container keeps its files. State of the running is below /run, since it means nothing after a reboot.</summary>
internal sealed record LocalContainerPaths(string DataDirectory, string Name)
{
    public const string RunRoot = "/run/orchestrator/ctr";

    /// <summary>Parent of all cgroups of local containers.</summary>
    public const string CgroupRoot = "/orc-ctr";

    public string Run => Path.Combine(RunRoot, Name);

    public string DataRoot => Path.Combine(DataDirectory, "ctr");

    public string Data => Path.Combine(DataRoot, Name);

    public string RuntimeState => Path.Combine(Run, "runtime");

    public string Layers => Path.Combine(Data, "layers");

    public string Cgroup => $"{CgroupRoot}/{Name}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LocalContainerRecord))]
internal sealed partial class LocalContainerJson : JsonSerializerContext;
