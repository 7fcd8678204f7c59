namespace Orchestrator.Api.Core.V1;

/// <summary>A TCP connection.</summary>
[ProtoMessage("k8s.io.api.core.v1.TCPSocketAction")]
public sealed record TCPSocketAction
{
    /// <summary>Port number or name.</summary>
    [Proto(1), Required]
    public IntOrString? Port { get; init; }

    /// <summary>Host name or address.</summary>
    [Proto(2)]
    public string? Host { get; init; }
}
