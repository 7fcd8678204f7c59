namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ConfigMapNodeConfigSource")]
public sealed record ConfigMapNodeConfigSource
{
    [Proto(1), Required]
    public string? Namespace { get; init; }

    [Proto(2), Required]
    public string? Name { get; init; }

    [Proto(3)]
    public string? Uid { get; init; }

    [Proto(4)]
    public string? ResourceVersion { get; init; }

    [Proto(5), Required]
    public string? KubeletConfigKey { get; init; }
}
