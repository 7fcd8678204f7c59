using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>A scope for names.</summary>
[ProtoMessage("k8s.io.api.core.v1.Namespace")]
[Resource("", "v1", "Namespace", "namespaces", "namespace", Namespaced = false, ShortNames = ["ns"])]
public sealed record Namespace : KubernetesObject
{
    public Namespace()
    {
        ApiVersion = "v1";
        Kind = "Namespace";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2)]
    public NamespaceSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public NamespaceStatus? Status { get; init; }
}
