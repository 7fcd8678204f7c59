namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ResourceRequirements")]
public sealed record ResourceRequirements
{
    [Proto(1)]
    public IReadOnlyDictionary<string, Quantity>? Limits { get; init; }

    [Proto(2)]
    public IReadOnlyDictionary<string, Quantity>? Requests { get; init; }

    [Proto(3), ListMap("name")]
    public IReadOnlyList<ResourceClaim>? Claims { get; init; }
}
