namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodOS")]
public sealed record PodOS
{
    [Proto(1), Required]
    public string? Name { get; init; }
}
