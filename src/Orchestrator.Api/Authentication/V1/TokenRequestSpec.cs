namespace Orchestrator.Api.Authentication.V1;

/// <summary>What the token should be.</summary>
[ProtoMessage("k8s.io.api.authentication.v1.TokenRequestSpec")]
public sealed record TokenRequestSpec
{
    /// <summary>Audiences the token is meant for; any one of them suffices.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? Audiences { get; init; }

    /// <summary>Object the token's life is tied to.</summary>
    [Proto(3)]
    public BoundObjectReference? BoundObjectRef { get; init; }

    /// <summary>Requested life of the token in seconds; the server may choose another.</summary>
    [Proto(4), Default(3600)]
    public long? ExpirationSeconds { get; init; }
}
