using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>Configuration for pods to use.</summary>
[ProtoMessage("k8s.io.api.core.v1.ConfigMap")]
[Resource("", "v1", "ConfigMap", "configmaps", "configmap", Namespaced = true, ShortNames = ["cm"])]
public sealed record ConfigMap : KubernetesObject
{
    public ConfigMap()
    {
        ApiVersion = "v1";
        Kind = "ConfigMap";
    }

    /// <summary>Keys and their texts.</summary>
    [Proto(2)]
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    /// <summary>Data that need not be UTF-8.</summary>
    [Proto(3)]
    public IReadOnlyDictionary<string, byte[]>? BinaryData { get; init; }

    /// <summary>When true, the data can no longer be changed.</summary>
    [Proto(4)]
    public bool? Immutable { get; init; }
}
