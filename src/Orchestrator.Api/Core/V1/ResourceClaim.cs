namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ResourceClaim")]
public sealed record ResourceClaim
{
    /// <summary>Name of a claim of the pod.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>Request of the claim; all when left out.</summary>
    [Proto(2)]
    public string? Request { get; init; }
}
