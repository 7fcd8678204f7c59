namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ResourceHealth")]
public sealed record ResourceHealth
{
    [Proto(1), Required]
    public string? ResourceID { get; init; }

    [Proto(2)]
    public string? Health { get; init; }

    [Proto(6)]
    public string? Message { get; init; }
}
