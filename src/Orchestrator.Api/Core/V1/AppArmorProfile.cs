namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.AppArmorProfile")]
public sealed record AppArmorProfile
{
    [Proto(1), Required]
    public string? Type { get; init; }

    [Proto(2)]
    public string? LocalhostProfile { get; init; }
}
