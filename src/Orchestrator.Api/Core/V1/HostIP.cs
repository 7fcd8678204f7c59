namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.HostIP")]
public sealed record HostIP
{
    [Proto(1), Required]
    public string? Ip { get; init; }
}
