namespace Orchestrator.Api.Core.V1;

/// <summary>An address of a pod.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodIP")]
public sealed record PodIP
{
    /// <summary>IP address.</summary>
    [Proto(1), Required]
    public string? Ip { get; init; }
}
