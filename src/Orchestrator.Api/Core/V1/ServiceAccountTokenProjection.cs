namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ServiceAccountTokenProjection")]
public sealed record ServiceAccountTokenProjection
{
    [Proto(1)]
    public string? Audience { get; init; }

    [Proto(2), Default(3600)]
    public long? ExpirationSeconds { get; init; }

    [Proto(3), Required]
    public string? Path { get; init; }
}
