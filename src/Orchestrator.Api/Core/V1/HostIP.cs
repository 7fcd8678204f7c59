namespace Orchestrator.Api.Core.V1;

/// <summary>An address of the node.</summary>
[ProtoMessage("k8s.io.api.core.v1.HostIP")]
public sealed record HostIP
{
    /// <summary>IP address.</summary>
    [Proto(1), Required]
    public string? Ip { get; init; }
}
