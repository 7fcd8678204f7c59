namespace Orchestrator.Api.Core.V1;

/// <summary>What a change of one resource does to the container.</summary>
[ProtoMessage("k8s.io.api.core.v1.ContainerResizePolicy")]
public sealed record ContainerResizePolicy
{
    /// <summary>Name of the resource.</summary>
    [Proto(1), Required]
    public string? ResourceName { get; init; }

    /// <summary>NotRequired or RestartContainer.</summary>
    [Proto(2), Required]
    public string? RestartPolicy { get; init; }
}
