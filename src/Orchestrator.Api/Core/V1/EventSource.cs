namespace Orchestrator.Api.Core.V1;

/// <summary>Which component reported an event.</summary>
[ProtoMessage("k8s.io.api.core.v1.EventSource")]
public sealed record EventSource
{
    /// <summary>Component name.</summary>
    [Proto(1)]
    public string? Component { get; init; }

    /// <summary>Host name or address.</summary>
    [Proto(2)]
    public string? Host { get; init; }
}
