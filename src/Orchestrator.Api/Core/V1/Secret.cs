using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Secret")]
[Resource("", "v1", "Secret", "secrets", "secret", Namespaced = true)]
public sealed record Secret : KubernetesObject
{
    public Secret()
    {
        ApiVersion = "v1";
        Kind = "Secret";
    }

    [Proto(2)]
    public IReadOnlyDictionary<string, byte[]>? Data { get; init; }

    [Proto(3), Default("Opaque")]
    public string? Type { get; init; }

    [Proto(4)]
    public IReadOnlyDictionary<string, string>? StringData { get; init; }

    [Proto(5)]
    public bool? Immutable { get; init; }
}
