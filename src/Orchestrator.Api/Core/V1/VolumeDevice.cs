namespace Orchestrator.Api.Core.V1;

/// <summary>A block device in a container.</summary>
[ProtoMessage("k8s.io.api.core.v1.VolumeDevice")]
public sealed record VolumeDevice
{
    /// <summary>Name of the object.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>Path of the device.</summary>
    [Proto(2), Required]
    public string? DevicePath { get; init; }
}
