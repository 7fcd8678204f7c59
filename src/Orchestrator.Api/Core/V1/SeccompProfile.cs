namespace Orchestrator.Api.Core.V1;

/// <summary>Which system calls a container may make.</summary>
[ProtoMessage("k8s.io.api.core.v1.SeccompProfile")]
public sealed record SeccompProfile
{
    /// <summary>Which type it is.</summary>
    [Proto(1), Required]
    public string? Type { get; init; }

    /// <summary>Profile file on the node, for type Localhost.</summary>
    [Proto(2)]
    public string? LocalhostProfile { get; init; }
}
