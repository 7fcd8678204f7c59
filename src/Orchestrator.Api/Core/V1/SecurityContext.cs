namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.SecurityContext")]
public sealed record SecurityContext
{
    [Proto(1)]
    public Capabilities? Capabilities { get; init; }

    [Proto(2)]
    public bool? Privileged { get; init; }

    [Proto(3)]
    public SELinuxOptions? SeLinuxOptions { get; init; }

    [Proto(4)]
    public long? RunAsUser { get; init; }

    [Proto(5)]
    public bool? RunAsNonRoot { get; init; }

    [Proto(6)]
    public bool? ReadOnlyRootFilesystem { get; init; }

    [Proto(7)]
    public bool? AllowPrivilegeEscalation { get; init; }

    [Proto(8)]
    public long? RunAsGroup { get; init; }

    [Proto(9)]
    public string? ProcMount { get; init; }

    [Proto(10)]
    public WindowsSecurityContextOptions? WindowsOptions { get; init; }

    [Proto(11)]
    public SeccompProfile? SeccompProfile { get; init; }

    [Proto(12)]
    public AppArmorProfile? AppArmorProfile { get; init; }
}
