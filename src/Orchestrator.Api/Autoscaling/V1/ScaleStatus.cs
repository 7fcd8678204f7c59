namespace Orchestrator.Api.Autoscaling.V1;

/// <summary>The observed number of pods.</summary>
[ProtoMessage("k8s.io.api.autoscaling.v1.ScaleStatus")]
public sealed record ScaleStatus
{
    /// <summary>Number of pods.</summary>
    [Proto(1), Required]
    public int? Replicas { get; init; }

    /// <summary>Selects the pods, as text.</summary>
    [Proto(2)]
    public string? Selector { get; init; }
}
