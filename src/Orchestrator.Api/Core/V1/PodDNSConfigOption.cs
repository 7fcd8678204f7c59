namespace Orchestrator.Api.Core.V1;

/// <summary>A resolver option.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodDNSConfigOption")]
public sealed record PodDNSConfigOption
{
    /// <summary>Name of the object.</summary>
    [Proto(1)]
    public string? Name { get; init; }

    /// <summary>The value.</summary>
    [Proto(2)]
    public string? Value { get; init; }
}
