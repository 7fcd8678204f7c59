using System.Text.Json.Serialization;

namespace Orchestrator.Api.Authentication.V1;

[ProtoMessage("k8s.io.api.authentication.v1.TokenRequestStatus")]
public sealed record TokenRequestStatus
{
    [Proto(1)]
    public string? Token { get; init; }

    [Proto(2), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? ExpirationTimestamp { get; init; }
}
