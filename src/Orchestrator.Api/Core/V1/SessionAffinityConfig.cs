namespace Orchestrator.Api.Core.V1;

/// <summary>How long a client stays with the endpoint it got.</summary>
[ProtoMessage("k8s.io.api.core.v1.SessionAffinityConfig")]
public sealed record SessionAffinityConfig
{
    /// <summary>Settings of affinity by client address.</summary>
    [Proto(1)]
    public ClientIPConfig? ClientIP { get; init; }
}
