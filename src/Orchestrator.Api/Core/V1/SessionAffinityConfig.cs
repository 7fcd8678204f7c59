namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.SessionAffinityConfig")]
public sealed record SessionAffinityConfig
{
    [Proto(1)]
    public ClientIPConfig? ClientIP { get; init; }
}
