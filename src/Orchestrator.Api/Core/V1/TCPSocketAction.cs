namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.TCPSocketAction")]
public sealed record TCPSocketAction
{
    [Proto(1), Required]
    public IntOrString? Port { get; init; }

    [Proto(2)]
    public string? Host { get; init; }
}
