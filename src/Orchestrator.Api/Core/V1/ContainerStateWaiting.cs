namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ContainerStateWaiting")]
public sealed record ContainerStateWaiting
{
    [Proto(1)]
    public string? Reason { get; init; }

    [Proto(2)]
    public string? Message { get; init; }
}
