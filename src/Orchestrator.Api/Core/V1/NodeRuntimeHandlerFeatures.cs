namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeRuntimeHandlerFeatures")]
public sealed record NodeRuntimeHandlerFeatures
{
    [Proto(1)]
    public bool? RecursiveReadOnlyMounts { get; init; }

    [Proto(2)]
    public bool? UserNamespaces { get; init; }
}
