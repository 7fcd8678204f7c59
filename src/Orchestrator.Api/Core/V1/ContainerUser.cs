namespace Orchestrator.Api.Core.V1;

/// <summary>Identity of a container's first process.</summary>
[ProtoMessage("k8s.io.api.core.v1.ContainerUser")]
public sealed record ContainerUser
{
    /// <summary>Identity of the first process on Linux.</summary>
    [Proto(1)]
    public LinuxContainerUser? Linux { get; init; }
}
