using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ClusterTrustBundleProjection")]
public sealed record ClusterTrustBundleProjection
{
    /// <summary>Name of the object.</summary>
    [Proto(1)]
    public string? Name { get; init; }

    /// <summary>Name of the signer.</summary>
    [Proto(2)]
    public string? SignerName { get; init; }

    /// <summary>Selects objects by their labels.</summary>
    [Proto(3)]
    public LabelSelector? LabelSelector { get; init; }

    /// <summary>Path of the file or directory.</summary>
    [Proto(4), Required]
    public string? Path { get; init; }

    /// <summary>Whether it may be missing.</summary>
    [Proto(5)]
    public bool? Optional { get; init; }
}
