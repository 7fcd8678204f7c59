using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

/// <summary>What was last observed of a volume.</summary>
[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeStatus")]
public sealed record PersistentVolumeStatus
{
    /// <summary>Where it is in its life.</summary>
    [Proto(1), Default("Pending")]
    public string? Phase { get; init; }

    /// <summary>Sentence for people that explains it.</summary>
    [Proto(2)]
    public string? Message { get; init; }

    /// <summary>One word, for programs, why it is so.</summary>
    [Proto(3)]
    public string? Reason { get; init; }

    /// <summary>When the phase last changed.</summary>
    [Proto(4), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastPhaseTransitionTime { get; init; }
}
