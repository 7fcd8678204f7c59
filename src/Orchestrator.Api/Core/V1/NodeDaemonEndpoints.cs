namespace Orchestrator.Api.Core.V1;

/// <summary>Where the daemons of a node listen.</summary>
[ProtoMessage("k8s.io.api.core.v1.NodeDaemonEndpoints")]
public sealed record NodeDaemonEndpoints
{
    /// <summary>Where the kubelet listens.</summary>
    [Proto(1)]
    public DaemonEndpoint? KubeletEndpoint { get; init; }
}
