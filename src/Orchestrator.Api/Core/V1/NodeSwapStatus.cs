namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeSwapStatus")]
public sealed record NodeSwapStatus
{
    /// <summary>All there is.</summary>
    [Proto(1)]
    public long? Capacity { get; init; }
}
