namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.VolumeDevice")]
public sealed record VolumeDevice
{
    [Proto(1), Required]
    public string? Name { get; init; }

    [Proto(2), Required]
    public string? DevicePath { get; init; }
}
