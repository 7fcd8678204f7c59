using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodTemplate")]
[Resource("", "v1", "PodTemplate", "podtemplates", "podtemplate", Namespaced = true)]
public sealed record PodTemplate : KubernetesObject
{
    public PodTemplate()
    {
        ApiVersion = "v1";
        Kind = "PodTemplate";
    }

    [Proto(2)]
    public PodTemplateSpec? Template { get; init; }
}
