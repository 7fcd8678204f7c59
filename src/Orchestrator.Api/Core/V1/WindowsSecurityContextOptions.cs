namespace Orchestrator.Api.Core.V1;

/// <summary>Identity and rights of a container on Windows. Ignored on Linux.</summary>
[ProtoMessage("k8s.io.api.core.v1.WindowsSecurityContextOptions")]
public sealed record WindowsSecurityContextOptions
{
    /// <summary>Name of the GMSA credential spec.</summary>
    [Proto(1)]
    public string? GmsaCredentialSpecName { get; init; }

    /// <summary>The GMSA credential spec.</summary>
    [Proto(2)]
    public string? GmsaCredentialSpec { get; init; }

    /// <summary>User name of the first process.</summary>
    [Proto(3)]
    public string? RunAsUserName { get; init; }

    /// <summary>Runs as a host process.</summary>
    [Proto(4)]
    public bool? HostProcess { get; init; }
}
