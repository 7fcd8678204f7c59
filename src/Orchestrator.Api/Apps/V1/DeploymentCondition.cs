using System.Text.Json.Serialization;

namespace Orchestrator.Api.Apps.V1;

/// <summary>One observed fact of a deployment.</summary>
[ProtoMessage("k8s.io.api.apps.v1.DeploymentCondition")]
public sealed record DeploymentCondition
{
    /// <summary>Which type it is.</summary>
    [Proto(1), Required]
    public string? Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    [Proto(2), Required]
    public string? Status { get; init; }

    /// <summary>One word, for programs, why it is so.</summary>
    [Proto(4)]
    public string? Reason { get; init; }

    /// <summary>Sentence for people that explains it.</summary>
    [Proto(5)]
    public string? Message { get; init; }

    /// <summary>When the condition was last written.</summary>
    [Proto(6), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastUpdateTime { get; init; }

    /// <summary>When the condition last changed from one status to another.</summary>
    [Proto(7), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastTransitionTime { get; init; }
}
