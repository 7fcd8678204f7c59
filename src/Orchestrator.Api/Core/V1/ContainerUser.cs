namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ContainerUser")]
public sealed record ContainerUser
{
    [Proto(1)]
    public LinuxContainerUser? Linux { get; init; }
}
