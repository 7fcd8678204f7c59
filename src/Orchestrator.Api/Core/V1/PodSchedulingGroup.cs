namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodSchedulingGroup")]
public sealed record PodSchedulingGroup
{
    /// <summary>Name of the group.</summary>
    [Proto(1)]
    public string? PodGroupName { get; init; }
}
