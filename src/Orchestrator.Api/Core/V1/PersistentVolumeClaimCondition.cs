using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeClaimCondition")]
public sealed record PersistentVolumeClaimCondition
{
    [Proto(1), Required]
    public string? Type { get; init; }

    [Proto(2), Required]
    public string? Status { get; init; }

    [Proto(3), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastProbeTime { get; init; }

    [Proto(4), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastTransitionTime { get; init; }

    [Proto(5)]
    public string? Reason { get; init; }

    [Proto(6)]
    public string? Message { get; init; }
}
