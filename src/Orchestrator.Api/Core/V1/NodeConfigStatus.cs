namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeConfigStatus")]
public sealed record NodeConfigStatus
{
    [Proto(1)]
    public NodeConfigSource? Assigned { get; init; }

    [Proto(2)]
    public NodeConfigSource? Active { get; init; }

    [Proto(3)]
    public NodeConfigSource? LastKnownGood { get; init; }

    [Proto(4)]
    public string? Error { get; init; }
}
