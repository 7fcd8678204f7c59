using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Autoscaling.V1;

/// <summary>The number of pods of an object that can be scaled.</summary>
[ProtoMessage("k8s.io.api.autoscaling.v1.Scale")]
public sealed record Scale : KubernetesObject
{
    public Scale()
    {
        ApiVersion = "autoscaling/v1";
        Kind = "Scale";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2)]
    public ScaleSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public ScaleStatus? Status { get; init; }
}
