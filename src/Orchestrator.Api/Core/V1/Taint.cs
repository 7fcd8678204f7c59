using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Taint")]
public sealed record Taint
{
    [Proto(1), Required]
    public string? Key { get; init; }

    [Proto(2)]
    public string? Value { get; init; }

    [Proto(3), Required]
    public string? Effect { get; init; }

    [Proto(4), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? TimeAdded { get; init; }
}
