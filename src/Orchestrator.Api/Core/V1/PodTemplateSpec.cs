using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>Metadata and spec that a pod gets when it is made from a template.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodTemplateSpec")]
public sealed record PodTemplateSpec
{
    /// <summary>Name, labels, owner and bookkeeping.</summary>
    [Proto(1)]
    public ObjectMeta? Metadata { get; init; }

    /// <summary>What the user wants.</summary>
    [Proto(2)]
    public PodSpec? Spec { get; init; }
}
