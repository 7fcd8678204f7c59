namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ContainerState")]
public sealed record ContainerState
{
    [Proto(1)]
    public ContainerStateWaiting? Waiting { get; init; }

    [Proto(2)]
    public ContainerStateRunning? Running { get; init; }

    [Proto(3)]
    public ContainerStateTerminated? Terminated { get; init; }
}
