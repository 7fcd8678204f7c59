using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

/// <summary>One observed fact of a pod.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodCondition")]
public sealed record PodCondition
{
    /// <summary>Which type it is.</summary>
    [Proto(1), Required]
    public string? Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    [Proto(2), Required]
    public string? Status { get; init; }

    /// <summary>When the condition was last looked at.</summary>
    [Proto(3), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastProbeTime { get; init; }

    /// <summary>When the condition last changed from one status to another.</summary>
    [Proto(4), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastTransitionTime { get; init; }

    /// <summary>One word, for programs, why it is so.</summary>
    [Proto(5)]
    public string? Reason { get; init; }

    /// <summary>Sentence for people that explains it.</summary>
    [Proto(6)]
    public string? Message { get; init; }

    /// <summary>Generation of the spec that this status was worked out from.</summary>
    [Proto(7)]
    public long? ObservedGeneration { get; init; }
}
