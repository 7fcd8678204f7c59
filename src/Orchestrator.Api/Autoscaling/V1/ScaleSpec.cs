namespace Orchestrator.Api.Autoscaling.V1;

/// <summary>The wanted number of pods.</summary>
[ProtoMessage("k8s.io.api.autoscaling.v1.ScaleSpec")]
public sealed record ScaleSpec
{
    /// <summary>Wanted number of pods.</summary>
    [Proto(1)]
    public int? Replicas { get; init; }
}
