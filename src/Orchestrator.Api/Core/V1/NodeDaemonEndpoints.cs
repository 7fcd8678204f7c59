namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeDaemonEndpoints")]
public sealed record NodeDaemonEndpoints
{
    [Proto(1)]
    public DaemonEndpoint? KubeletEndpoint { get; init; }
}
