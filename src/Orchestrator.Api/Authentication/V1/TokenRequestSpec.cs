namespace Orchestrator.Api.Authentication.V1;

[ProtoMessage("k8s.io.api.authentication.v1.TokenRequestSpec")]
public sealed record TokenRequestSpec
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? Audiences { get; init; }

    [Proto(3)]
    public BoundObjectReference? BoundObjectRef { get; init; }

    [Proto(4), Default(3600)]
    public long? ExpirationSeconds { get; init; }
}
