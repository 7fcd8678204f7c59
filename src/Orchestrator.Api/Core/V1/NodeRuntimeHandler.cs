namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeRuntimeHandler")]
public sealed record NodeRuntimeHandler
{
    [Proto(1)]
    public string? Name { get; init; }

    [Proto(2)]
    public NodeRuntimeHandlerFeatures? Features { get; init; }
}
