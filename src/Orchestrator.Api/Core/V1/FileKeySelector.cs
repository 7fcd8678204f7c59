namespace Orchestrator.Api.Core.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.FileKeySelector")]
public sealed record FileKeySelector
{
    [Proto(1), Required]
    public string? VolumeName { get; init; }

    [Proto(2), Required]
    public string? Path { get; init; }

    [Proto(3), Required]
    public string? Key { get; init; }

    [Proto(4)]
    public bool? Optional { get; init; }
}
