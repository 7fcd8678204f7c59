namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.LinuxContainerUser")]
public sealed record LinuxContainerUser
{
    [Proto(1), Required]
    public long? Uid { get; init; }

    [Proto(2), Required]
    public long? Gid { get; init; }

    [Proto(3), ListAtomic]
    public IReadOnlyList<long>? SupplementalGroups { get; init; }
}
