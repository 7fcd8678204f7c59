namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PortStatus")]
public sealed record PortStatus
{
    /// <summary>Port number.</summary>
    [Proto(1), Required]
    public int? Port { get; init; }

    /// <summary>TCP, UDP or SCTP.</summary>
    [Proto(2), Required]
    public string? Protocol { get; init; }

    /// <summary>What went wrong.</summary>
    [Proto(3)]
    public string? Error { get; init; }
}
