namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ContainerResizePolicy")]
public sealed record ContainerResizePolicy
{
    [Proto(1), Required]
    public string? ResourceName { get; init; }

    [Proto(2), Required]
    public string? RestartPolicy { get; init; }
}
