namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodSecurityContext")]
public sealed record PodSecurityContext
{
    [Proto(1)]
    public SELinuxOptions? SeLinuxOptions { get; init; }

    [Proto(2)]
    public long? RunAsUser { get; init; }

    [Proto(3)]
    public bool? RunAsNonRoot { get; init; }

    [Proto(4), ListAtomic]
    public IReadOnlyList<long>? SupplementalGroups { get; init; }

    [Proto(5)]
    public long? FsGroup { get; init; }

    [Proto(6)]
    public long? RunAsGroup { get; init; }

    [Proto(7), ListAtomic]
    public IReadOnlyList<Sysctl>? Sysctls { get; init; }

    [Proto(8)]
    public WindowsSecurityContextOptions? WindowsOptions { get; init; }

    [Proto(9)]
    public string? FsGroupChangePolicy { get; init; }

    [Proto(10)]
    public SeccompProfile? SeccompProfile { get; init; }

    [Proto(11)]
    public AppArmorProfile? AppArmorProfile { get; init; }

    [Proto(12)]
    public string? SupplementalGroupsPolicy { get; init; }

    [Proto(13)]
    public string? SeLinuxChangePolicy { get; init; }
}
