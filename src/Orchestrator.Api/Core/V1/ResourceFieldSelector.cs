namespace Orchestrator.Api.Core.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.ResourceFieldSelector")]
public sealed record ResourceFieldSelector
{
    [Proto(1)]
    public string? ContainerName { get; init; }

    [Proto(2), Required]
    public string? Resource { get; init; }

    [Proto(3)]
    public Quantity? Divisor { get; init; }
}
