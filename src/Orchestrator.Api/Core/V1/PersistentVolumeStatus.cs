using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeStatus")]
public sealed record PersistentVolumeStatus
{
    [Proto(1), Default("Pending")]
    public string? Phase { get; init; }

    [Proto(2)]
    public string? Message { get; init; }

    [Proto(3)]
    public string? Reason { get; init; }

    [Proto(4), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastPhaseTransitionTime { get; init; }
}
