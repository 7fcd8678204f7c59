namespace Orchestrator.Api.Core.V1;

/// <summary>What a container does now; one of the three.</summary>
[ProtoMessage("k8s.io.api.core.v1.ContainerState")]
public sealed record ContainerState
{
    /// <summary>Set while it waits to be started.</summary>
    [Proto(1)]
    public ContainerStateWaiting? Waiting { get; init; }

    /// <summary>It runs.</summary>
    [Proto(2)]
    public ContainerStateRunning? Running { get; init; }

    /// <summary>It has ended.</summary>
    [Proto(3)]
    public ContainerStateTerminated? Terminated { get; init; }
}
