using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Apps.V1;

[ProtoMessage("k8s.io.api.apps.v1.DeploymentSpec")]
public sealed record DeploymentSpec
{
    [Proto(1), Default(1)]
    public int? Replicas { get; init; }

    [Proto(2), Required]
    public LabelSelector? Selector { get; init; }

    [Proto(3), Required]
    public PodTemplateSpec? Template { get; init; }

    [Proto(4), PatchRetainKeys]
    public DeploymentStrategy? Strategy { get; init; }

    [Proto(5)]
    public int? MinReadySeconds { get; init; }

    [Proto(6), Default(10)]
    public int? RevisionHistoryLimit { get; init; }

    [Proto(7)]
    public bool? Paused { get; init; }

    [Proto(9), Default(600)]
    public int? ProgressDeadlineSeconds { get; init; }
}
