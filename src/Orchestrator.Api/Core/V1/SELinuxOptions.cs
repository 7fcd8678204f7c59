namespace Orchestrator.Api.Core.V1;

/// <summary>An SELinux label.</summary>
[ProtoMessage("k8s.io.api.core.v1.SELinuxOptions")]
public sealed record SELinuxOptions
{
    /// <summary>User name.</summary>
    [Proto(1)]
    public string? User { get; init; }

    /// <summary>SELinux role.</summary>
    [Proto(2)]
    public string? Role { get; init; }

    /// <summary>Which type it is.</summary>
    [Proto(3)]
    public string? Type { get; init; }

    /// <summary>SELinux level.</summary>
    [Proto(4)]
    public string? Level { get; init; }
}
