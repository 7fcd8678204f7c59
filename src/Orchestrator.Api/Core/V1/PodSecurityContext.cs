namespace Orchestrator.Api.Core.V1;

/// <summary>Rights and identity of all containers of a pod.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodSecurityContext")]
public sealed record PodSecurityContext
{
    /// <summary>SELinux label.</summary>
    [Proto(1)]
    public SELinuxOptions? SeLinuxOptions { get; init; }

    /// <summary>User id of the first process.</summary>
    [Proto(2)]
    public long? RunAsUser { get; init; }

    /// <summary>Refuses to start as user 0.</summary>
    [Proto(3)]
    public bool? RunAsNonRoot { get; init; }

    /// <summary>Further groups of the first process.</summary>
    [Proto(4), ListAtomic]
    public IReadOnlyList<long>? SupplementalGroups { get; init; }

    /// <summary>Group that owns the pod's volumes.</summary>
    [Proto(5)]
    public long? FsGroup { get; init; }

    /// <summary>Group id of the first process.</summary>
    [Proto(6)]
    public long? RunAsGroup { get; init; }

    /// <summary>Kernel parameters of the pod.</summary>
    [Proto(7), ListAtomic]
    public IReadOnlyList<Sysctl>? Sysctls { get; init; }

    /// <summary>Settings for Windows only.</summary>
    [Proto(8)]
    public WindowsSecurityContextOptions? WindowsOptions { get; init; }

    /// <summary>Whether ownership is set always or only when it differs.</summary>
    [Proto(9)]
    public string? FsGroupChangePolicy { get; init; }

    /// <summary>Seccomp profile.</summary>
    [Proto(10)]
    public SeccompProfile? SeccompProfile { get; init; }

    /// <summary>AppArmor profile.</summary>
    [Proto(11)]
    public AppArmorProfile? AppArmorProfile { get; init; }

    /// <summary>Whether groups of the image's /etc/group are added: Merge or Strict.</summary>
    [Proto(12)]
    public string? SupplementalGroupsPolicy { get; init; }

    /// <summary>How the SELinux label is given to volumes.</summary>
    [Proto(13)]
    public string? SeLinuxChangePolicy { get; init; }
}
