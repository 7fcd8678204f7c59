namespace Orchestrator.Api.Discovery.V1;

/// <summary>Whether a backend can be used.</summary>
[ProtoMessage("k8s.io.api.discovery.v1.EndpointConditions")]
public sealed record EndpointConditions
{
    /// <summary>Whether it is ready.</summary>
    [Proto(1)]
    public bool? Ready { get; init; }

    /// <summary>Whether it serves, also while it is ending.</summary>
    [Proto(2)]
    public bool? Serving { get; init; }

    /// <summary>Whether it is ending.</summary>
    [Proto(3)]
    public bool? Terminating { get; init; }
}
