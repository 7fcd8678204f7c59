namespace Orchestrator.Api.Core.V1;

/// <summary>Identity of a process on Linux.</summary>
[ProtoMessage("k8s.io.api.core.v1.LinuxContainerUser")]
public sealed record LinuxContainerUser
{
    /// <summary>Unique id of the object in time and space.</summary>
    [Proto(1), Required]
    public long? Uid { get; init; }

    /// <summary>Group id.</summary>
    [Proto(2), Required]
    public long? Gid { get; init; }

    /// <summary>Further groups of the first process.</summary>
    [Proto(3), ListAtomic]
    public IReadOnlyList<long>? SupplementalGroups { get; init; }
}
