namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.DaemonEndpoint")]
public sealed record DaemonEndpoint
{
    [Proto(1), Required]
    public int? Port { get; init; }
}
