namespace Orchestrator.Api.Core.V1;

/// <summary>Rights and identity of a container.</summary>
[ProtoMessage("k8s.io.api.core.v1.SecurityContext")]
public sealed record SecurityContext
{
    /// <summary>Capabilities added and taken away.</summary>
    [Proto(1)]
    public Capabilities? Capabilities { get; init; }

    /// <summary>All rights of the node.</summary>
    [Proto(2)]
    public bool? Privileged { get; init; }

    /// <summary>SELinux label.</summary>
    [Proto(3)]
    public SELinuxOptions? SeLinuxOptions { get; init; }

    /// <summary>User id of the first process.</summary>
    [Proto(4)]
    public long? RunAsUser { get; init; }

    /// <summary>Refuses to start as user 0.</summary>
    [Proto(5)]
    public bool? RunAsNonRoot { get; init; }

    /// <summary>The root filesystem cannot be written to.</summary>
    [Proto(6)]
    public bool? ReadOnlyRootFilesystem { get; init; }

    /// <summary>Whether a process may gain more rights than its parent (no_new_privs when false).</summary>
    [Proto(7)]
    public bool? AllowPrivilegeEscalation { get; init; }

    /// <summary>Group id of the first process.</summary>
    [Proto(8)]
    public long? RunAsGroup { get; init; }

    /// <summary>How /proc is mounted: Default or Unmasked.</summary>
    [Proto(9)]
    public string? ProcMount { get; init; }

    /// <summary>Settings for Windows only.</summary>
    [Proto(10)]
    public WindowsSecurityContextOptions? WindowsOptions { get; init; }

    /// <summary>Seccomp profile.</summary>
    [Proto(11)]
    public SeccompProfile? SeccompProfile { get; init; }

    /// <summary>AppArmor profile.</summary>
    [Proto(12)]
    public AppArmorProfile? AppArmorProfile { get; init; }
}
