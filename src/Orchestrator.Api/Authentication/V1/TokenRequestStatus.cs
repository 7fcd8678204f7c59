using System.Text.Json.Serialization;

namespace Orchestrator.Api.Authentication.V1;

/// <summary>The token.</summary>
[ProtoMessage("k8s.io.api.authentication.v1.TokenRequestStatus")]
public sealed record TokenRequestStatus
{
    /// <summary>The token.</summary>
    [Proto(1)]
    public string? Token { get; init; }

    /// <summary>When the token ends.</summary>
    [Proto(2), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? ExpirationTimestamp { get; init; }
}
