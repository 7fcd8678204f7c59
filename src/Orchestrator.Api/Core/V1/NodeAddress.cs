namespace Orchestrator.Api.Core.V1;

/// <summary>An address of a node.</summary>
[ProtoMessage("k8s.io.api.core.v1.NodeAddress")]
public sealed record NodeAddress
{
    /// <summary>Which type it is.</summary>
    [Proto(1), Required]
    public string? Type { get; init; }

    /// <summary>The address.</summary>
    [Proto(2), Required]
    public string? Address { get; init; }
}
