using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Namespace")]
[Resource("", "v1", "Namespace", "namespaces", "namespace", Namespaced = false, ShortNames = ["ns"])]
public sealed record Namespace : KubernetesObject
{
    public Namespace()
    {
        ApiVersion = "v1";
        Kind = "Namespace";
    }

    [Proto(2)]
    public NamespaceSpec? Spec { get; init; }

    [Proto(3)]
    public NamespaceStatus? Status { get; init; }
}
