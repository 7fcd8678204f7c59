namespace Orchestrator.Api.Autoscaling.V1;

[ProtoMessage("k8s.io.api.autoscaling.v1.ScaleStatus")]
public sealed record ScaleStatus
{
    [Proto(1), Required]
    public int? Replicas { get; init; }

    [Proto(2)]
    public string? Selector { get; init; }
}
