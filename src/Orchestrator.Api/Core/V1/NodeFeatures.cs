namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeFeatures")]
public sealed record NodeFeatures
{
    [Proto(1)]
    public bool? SupplementalGroupsPolicy { get; init; }
}
