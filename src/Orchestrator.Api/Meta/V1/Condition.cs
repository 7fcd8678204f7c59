using System.Text.Json.Serialization;

namespace Orchestrator.Api.Meta.V1;

/// <summary>One observed fact.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.Condition")]
public sealed record Condition
{
    /// <summary>Which type it is.</summary>
    [Proto(1), Required]
    public string? Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    [Proto(2), Required]
    public string? Status { get; init; }

    /// <summary>Generation of the spec that this status was worked out from.</summary>
    [Proto(3)]
    public long? ObservedGeneration { get; init; }

    /// <summary>When the condition last changed from one status to another.</summary>
    [Proto(4), Required, JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastTransitionTime { get; init; }

    /// <summary>One word, for programs, why it is so.</summary>
    [Proto(5), Required]
    public string? Reason { get; init; }

    /// <summary>Sentence for people that explains it.</summary>
    [Proto(6), Required]
    public string? Message { get; init; }
}
