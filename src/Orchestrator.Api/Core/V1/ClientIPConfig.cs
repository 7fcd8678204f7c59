namespace Orchestrator.Api.Core.V1;

/// <summary>Affinity by client address.</summary>
[ProtoMessage("k8s.io.api.core.v1.ClientIPConfig")]
public sealed record ClientIPConfig
{
    /// <summary>Seconds after which it times out.</summary>
    [Proto(1)]
    public int? TimeoutSeconds { get; init; }
}
