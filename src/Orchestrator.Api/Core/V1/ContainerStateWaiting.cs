namespace Orchestrator.Api.Core.V1;

/// <summary>A container that waits to be started.</summary>
[ProtoMessage("k8s.io.api.core.v1.ContainerStateWaiting")]
public sealed record ContainerStateWaiting
{
    /// <summary>One word why, such as ContainerCreating or CrashLoopBackOff.</summary>
    [Proto(1)]
    public string? Reason { get; init; }

    /// <summary>Sentence for people that explains it.</summary>
    [Proto(2)]
    public string? Message { get; init; }
}
