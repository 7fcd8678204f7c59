namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.AttachedVolume")]
public sealed record AttachedVolume
{
    /// <summary>Name of the object.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>Path of the device.</summary>
    [Proto(2), Required]
    public string? DevicePath { get; init; }
}
