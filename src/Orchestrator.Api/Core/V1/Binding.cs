using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>Places a pod on a node.</summary>
[ProtoMessage("k8s.io.api.core.v1.Binding")]
[Resource("", "v1", "Binding", "bindings", "binding", Namespaced = true)]
public sealed record Binding : KubernetesObject
{
    public Binding()
    {
        ApiVersion = "v1";
        Kind = "Binding";
    }

    /// <summary>The object to bind to.</summary>
    [Proto(2), Required]
    public ObjectReference? Target { get; init; }
}
