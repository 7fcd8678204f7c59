namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.WindowsSecurityContextOptions")]
public sealed record WindowsSecurityContextOptions
{
    [Proto(1)]
    public string? GmsaCredentialSpecName { get; init; }

    [Proto(2)]
    public string? GmsaCredentialSpec { get; init; }

    [Proto(3)]
    public string? RunAsUserName { get; init; }

    [Proto(4)]
    public bool? HostProcess { get; init; }
}
