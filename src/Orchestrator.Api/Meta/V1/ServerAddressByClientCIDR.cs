namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.ServerAddressByClientCIDR")]
public sealed record ServerAddressByClientCIDR
{
    /// <summary>Network of the clients.</summary>
    [Proto(1), Required]
    public string? ClientCIDR { get; init; }

    /// <summary>Address for these clients.</summary>
    [Proto(2), Required]
    public string? ServerAddress { get; init; }
}
