namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodDNSConfigOption")]
public sealed record PodDNSConfigOption
{
    [Proto(1)]
    public string? Name { get; init; }

    [Proto(2)]
    public string? Value { get; init; }
}
