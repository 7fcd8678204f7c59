namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeFeatures")]
public sealed record NodeFeatures
{
    /// <summary>Whether groups of the image's /etc/group are added: Merge or Strict.</summary>
    [Proto(1)]
    public bool? SupplementalGroupsPolicy { get; init; }
}
