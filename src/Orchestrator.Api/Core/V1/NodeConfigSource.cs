namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeConfigSource")]
public sealed record NodeConfigSource
{
    [Proto(2)]
    public ConfigMapNodeConfigSource? ConfigMap { get; init; }
}
