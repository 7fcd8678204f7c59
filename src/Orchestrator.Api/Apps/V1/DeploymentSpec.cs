using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Apps.V1;

/// <summary>What a deployment should be.</summary>
[ProtoMessage("k8s.io.api.apps.v1.DeploymentSpec")]
public sealed record DeploymentSpec
{
    /// <summary>Wanted number of pods.</summary>
    [Proto(1), Default(1)]
    public int? Replicas { get; init; }

    /// <summary>Selects the pods; must match the template's labels and cannot be changed.</summary>
    [Proto(2), Required]
    public LabelSelector? Selector { get; init; }

    /// <summary>What the pods that are made look like.</summary>
    [Proto(3), Required]
    public PodTemplateSpec? Template { get; init; }

    /// <summary>How old pods are replaced by new ones.</summary>
    [Proto(4), PatchRetainKeys]
    public DeploymentStrategy? Strategy { get; init; }

    /// <summary>Seconds a pod must be ready before it counts as available.</summary>
    [Proto(5)]
    public int? MinReadySeconds { get; init; }

    /// <summary>How many old replica sets are kept for rolling back.</summary>
    [Proto(6), Default(10)]
    public int? RevisionHistoryLimit { get; init; }

    /// <summary>Changes of the template are not rolled out while true.</summary>
    [Proto(7)]
    public bool? Paused { get; init; }

    /// <summary>Seconds without progress after which the rollout counts as failed.</summary>
    [Proto(9), Default(600)]
    public int? ProgressDeadlineSeconds { get; init; }
}
