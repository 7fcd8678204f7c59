namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.HostAlias")]
public sealed record HostAlias
{
    [Proto(1), Required]
    public string? Ip { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? Hostnames { get; init; }
}
