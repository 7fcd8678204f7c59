namespace Orchestrator.Api.Apps.V1;

[ProtoMessage("k8s.io.api.apps.v1.ReplicaSetStatus")]
public sealed record ReplicaSetStatus
{
    [Proto(1), Required]
    public int? Replicas { get; init; }

    [Proto(2)]
    public int? FullyLabeledReplicas { get; init; }

    [Proto(3)]
    public long? ObservedGeneration { get; init; }

    [Proto(4)]
    public int? ReadyReplicas { get; init; }

    [Proto(5)]
    public int? AvailableReplicas { get; init; }

    [Proto(6), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<ReplicaSetCondition>? Conditions { get; init; }

    [Proto(7)]
    public int? TerminatingReplicas { get; init; }
}
