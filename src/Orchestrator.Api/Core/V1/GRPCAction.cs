namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.GRPCAction")]
public sealed record GRPCAction
{
    [Proto(1), Required]
    public int? Port { get; init; }

    [Proto(2)]
    public string? Service { get; init; }
}
