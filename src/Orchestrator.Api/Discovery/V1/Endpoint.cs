using Orchestrator.Api.Core.V1;

namespace Orchestrator.Api.Discovery.V1;

[ProtoMessage("k8s.io.api.discovery.v1.Endpoint")]
public sealed record Endpoint
{
    [Proto(1), Required, ListSet]
    public IReadOnlyList<string>? Addresses { get; init; }

    [Proto(2)]
    public EndpointConditions? Conditions { get; init; }

    [Proto(3)]
    public string? Hostname { get; init; }

    [Proto(4)]
    public ObjectReference? TargetRef { get; init; }

    [Proto(5)]
    public IReadOnlyDictionary<string, string>? DeprecatedTopology { get; init; }

    [Proto(6)]
    public string? NodeName { get; init; }

    [Proto(7)]
    public string? Zone { get; init; }

    [Proto(8)]
    public EndpointHints? Hints { get; init; }
}
