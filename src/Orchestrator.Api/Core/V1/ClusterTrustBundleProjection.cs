using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ClusterTrustBundleProjection")]
public sealed record ClusterTrustBundleProjection
{
    [Proto(1)]
    public string? Name { get; init; }

    [Proto(2)]
    public string? SignerName { get; init; }

    [Proto(3)]
    public LabelSelector? LabelSelector { get; init; }

    [Proto(4), Required]
    public string? Path { get; init; }

    [Proto(5)]
    public bool? Optional { get; init; }
}
