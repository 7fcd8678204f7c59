namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeConfigSource")]
public sealed record NodeConfigSource
{
    /// <summary>Data of a config map.</summary>
    [Proto(2)]
    public ConfigMapNodeConfigSource? ConfigMap { get; init; }
}
