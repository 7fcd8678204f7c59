namespace Orchestrator.Api.Core.V1;

/// <summary>A question to a gRPC health service.</summary>
[ProtoMessage("k8s.io.api.core.v1.GRPCAction")]
public sealed record GRPCAction
{
    /// <summary>Port number.</summary>
    [Proto(1), Required]
    public int? Port { get; init; }

    /// <summary>Name of the gRPC service to ask for.</summary>
    [Proto(2)]
    public string? Service { get; init; }
}
