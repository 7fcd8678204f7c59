namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.GlusterfsPersistentVolumeSource")]
public sealed record GlusterfsPersistentVolumeSource
{
    [Proto(1), Required]
    public string? Endpoints { get; init; }

    [Proto(2), Required]
    public string? Path { get; init; }

    [Proto(3)]
    public bool? ReadOnly { get; init; }

    [Proto(4)]
    public string? EndpointsNamespace { get; init; }
}
