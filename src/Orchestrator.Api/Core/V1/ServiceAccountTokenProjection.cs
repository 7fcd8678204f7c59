namespace Orchestrator.Api.Core.V1;

/// <summary>A service account token as a file.</summary>
[ProtoMessage("k8s.io.api.core.v1.ServiceAccountTokenProjection")]
public sealed record ServiceAccountTokenProjection
{
    /// <summary>Audience of the token.</summary>
    [Proto(1)]
    public string? Audience { get; init; }

    /// <summary>Requested life of the token in seconds; the server may choose another.</summary>
    [Proto(2), Default(3600)]
    public long? ExpirationSeconds { get; init; }

    /// <summary>Path of the file or directory.</summary>
    [Proto(3), Required]
    public string? Path { get; init; }
}
