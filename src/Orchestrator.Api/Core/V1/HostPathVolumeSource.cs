namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.HostPathVolumeSource")]
public sealed record HostPathVolumeSource
{
    [Proto(1), Required]
    public string? Path { get; init; }

    [Proto(2)]
    public string? Type { get; init; }
}
