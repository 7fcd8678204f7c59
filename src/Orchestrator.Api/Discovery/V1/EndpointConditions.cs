namespace Orchestrator.Api.Discovery.V1;

[ProtoMessage("k8s.io.api.discovery.v1.EndpointConditions")]
public sealed record EndpointConditions
{
    [Proto(1)]
    public bool? Ready { get; init; }

    [Proto(2)]
    public bool? Serving { get; init; }

    [Proto(3)]
    public bool? Terminating { get; init; }
}
