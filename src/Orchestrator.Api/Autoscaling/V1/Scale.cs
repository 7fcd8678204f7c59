using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Autoscaling.V1;

[ProtoMessage("k8s.io.api.autoscaling.v1.Scale")]
public sealed record Scale : KubernetesObject
{
    public Scale()
    {
        ApiVersion = "autoscaling/v1";
        Kind = "Scale";
    }

    [Proto(2)]
    public ScaleSpec? Spec { get; init; }

    [Proto(3)]
    public ScaleStatus? Status { get; init; }
}
