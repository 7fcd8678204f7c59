namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeRuntimeHandler")]
public sealed record NodeRuntimeHandler
{
    /// <summary>Name of the object.</summary>
    [Proto(1)]
    public string? Name { get; init; }

    /// <summary>What is supported.</summary>
    [Proto(2)]
    public NodeRuntimeHandlerFeatures? Features { get; init; }
}
