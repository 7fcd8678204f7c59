namespace Orchestrator.Api.Core.V1;

/// <summary>What is run after the start and before the end of a container.</summary>
[ProtoMessage("k8s.io.api.core.v1.Lifecycle")]
public sealed record Lifecycle
{
    /// <summary>Run right after the container was started.</summary>
    [Proto(1)]
    public LifecycleHandler? PostStart { get; init; }

    /// <summary>Run before the container is asked to end.</summary>
    [Proto(2)]
    public LifecycleHandler? PreStop { get; init; }

    /// <summary>Signal that asks the container to end.</summary>
    [Proto(3)]
    public string? StopSignal { get; init; }
}
