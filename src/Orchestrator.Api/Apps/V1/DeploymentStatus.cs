namespace Orchestrator.Api.Apps.V1;

[ProtoMessage("k8s.io.api.apps.v1.DeploymentStatus")]
public sealed record DeploymentStatus
{
    [Proto(1)]
    public long? ObservedGeneration { get; init; }

    [Proto(2)]
    public int? Replicas { get; init; }

    [Proto(3)]
    public int? UpdatedReplicas { get; init; }

    [Proto(4)]
    public int? AvailableReplicas { get; init; }

    [Proto(5)]
    public int? UnavailableReplicas { get; init; }

    [Proto(6), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<DeploymentCondition>? Conditions { get; init; }

    [Proto(7)]
    public int? ReadyReplicas { get; init; }

    [Proto(8)]
    public int? CollisionCount { get; init; }

    [Proto(9)]
    public int? TerminatingReplicas { get; init; }
}
