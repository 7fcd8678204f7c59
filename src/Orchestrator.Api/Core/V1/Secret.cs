using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>Confidential data for pods to use.</summary>
[ProtoMessage("k8s.io.api.core.v1.Secret")]
[Resource("", "v1", "Secret", "secrets", "secret", Namespaced = true)]
public sealed record Secret : KubernetesObject
{
    public Secret()
    {
        ApiVersion = "v1";
        Kind = "Secret";
    }

    /// <summary>Keys and their values, in base64.</summary>
    [Proto(2)]
    public IReadOnlyDictionary<string, byte[]>? Data { get; init; }

    /// <summary>What the secret is for; decides which keys it must have.</summary>
    [Proto(3), Default("Opaque")]
    public string? Type { get; init; }

    /// <summary>Values as plain text; written into data, never read back.</summary>
    [Proto(4)]
    public IReadOnlyDictionary<string, string>? StringData { get; init; }

    /// <summary>When true, the data can no longer be changed.</summary>
    [Proto(5)]
    public bool? Immutable { get; init; }
}
