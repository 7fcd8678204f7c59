using System.Text.Json.Serialization;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Sandboxes;

/// <summary>A sandbox as it is kept in sandbox.json.</summary>
internal sealed record SandboxDocument(
    string Id, PodSandboxConfig Config, DateTimeOffset CreatedAt, IReadOnlyList<string> Addresses, int ShimProcessId, bool IsStopped);

/// <summary>A container as it is kept in container.json; what became of it is in the shim's state file.</summary>
/// <param name="StartFailure">Why it could not be started, once that was tried.</param>
internal sealed record ContainerDocument(
    string Id, ContainerConfig Config, string ImageId, string? StopSignal, DateTimeOffset CreatedAt, StartFailureDocument? StartFailure);

internal sealed record StartFailureDocument(string Message, DateTimeOffset At);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(SandboxDocument))]
[JsonSerializable(typeof(ContainerDocument))]
internal sealed partial class RuntimeJson : JsonSerializerContext;
