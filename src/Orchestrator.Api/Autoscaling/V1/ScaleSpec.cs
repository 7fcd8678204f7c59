namespace Orchestrator.Api.Autoscaling.V1;

[ProtoMessage("k8s.io.api.autoscaling.v1.ScaleSpec")]
public sealed record ScaleSpec
{
    [Proto(1)]
    public int? Replicas { get; init; }
}
