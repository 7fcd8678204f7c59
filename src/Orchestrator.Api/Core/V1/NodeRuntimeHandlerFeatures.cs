namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeRuntimeHandlerFeatures")]
public sealed record NodeRuntimeHandlerFeatures
{
    /// <summary>Whether recursive read-only mounts work.</summary>
    [Proto(1)]
    public bool? RecursiveReadOnlyMounts { get; init; }

    /// <summary>Whether user namespaces work.</summary>
    [Proto(2)]
    public bool? UserNamespaces { get; init; }
}
