namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeConfigStatus")]
public sealed record NodeConfigStatus
{
    /// <summary>Configuration the node is to use.</summary>
    [Proto(1)]
    public NodeConfigSource? Assigned { get; init; }

    /// <summary>Configuration the node uses.</summary>
    [Proto(2)]
    public NodeConfigSource? Active { get; init; }

    /// <summary>Configuration the node falls back to.</summary>
    [Proto(3)]
    public NodeConfigSource? LastKnownGood { get; init; }

    /// <summary>What went wrong.</summary>
    [Proto(4)]
    public string? Error { get; init; }
}
