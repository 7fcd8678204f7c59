using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ConfigMap")]
[Resource("", "v1", "ConfigMap", "configmaps", "configmap", Namespaced = true, ShortNames = ["cm"])]
public sealed record ConfigMap : KubernetesObject
{
    public ConfigMap()
    {
        ApiVersion = "v1";
        Kind = "ConfigMap";
    }

    [Proto(2)]
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    [Proto(3)]
    public IReadOnlyDictionary<string, byte[]>? BinaryData { get; init; }

    [Proto(4)]
    public bool? Immutable { get; init; }
}
