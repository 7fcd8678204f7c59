namespace Orchestrator.Api.Core.V1;

/// <summary>A line of /etc/hosts.</summary>
[ProtoMessage("k8s.io.api.core.v1.HostAlias")]
public sealed record HostAlias
{
    /// <summary>IP address.</summary>
    [Proto(1), Required]
    public string? Ip { get; init; }

    /// <summary>Host names of the address.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? Hostnames { get; init; }
}
