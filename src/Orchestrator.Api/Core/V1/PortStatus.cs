namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PortStatus")]
public sealed record PortStatus
{
    [Proto(1), Required]
    public int? Port { get; init; }

    [Proto(2), Required]
    public string? Protocol { get; init; }

    [Proto(3)]
    public string? Error { get; init; }
}
