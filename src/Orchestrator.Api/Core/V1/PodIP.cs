namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodIP")]
public sealed record PodIP
{
    [Proto(1), Required]
    public string? Ip { get; init; }
}
