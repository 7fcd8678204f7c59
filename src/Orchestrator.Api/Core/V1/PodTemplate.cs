using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>A template of pods, stored.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodTemplate")]
[Resource("", "v1", "PodTemplate", "podtemplates", "podtemplate", Namespaced = true)]
public sealed record PodTemplate : KubernetesObject
{
    public PodTemplate()
    {
        ApiVersion = "v1";
        Kind = "PodTemplate";
    }

    /// <summary>What the pods that are made look like.</summary>
    [Proto(2)]
    public PodTemplateSpec? Template { get; init; }
}
