using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodTemplateSpec")]
public sealed record PodTemplateSpec
{
    [Proto(1)]
    public ObjectMeta? Metadata { get; init; }

    [Proto(2)]
    public PodSpec? Spec { get; init; }
}
