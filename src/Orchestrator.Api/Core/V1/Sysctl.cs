namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Sysctl")]
public sealed record Sysctl
{
    [Proto(1), Required]
    public string? Name { get; init; }

    [Proto(2), Required]
    public string? Value { get; init; }
}
