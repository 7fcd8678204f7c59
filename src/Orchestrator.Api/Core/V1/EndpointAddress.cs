namespace Orchestrator.Api.Core.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.EndpointAddress")]
public sealed record EndpointAddress
{
    [Proto(1), Required]
    public string? Ip { get; init; }

    [Proto(2)]
    public ObjectReference? TargetRef { get; init; }

    [Proto(3)]
    public string? Hostname { get; init; }

    [Proto(4)]
    public string? NodeName { get; init; }
}
