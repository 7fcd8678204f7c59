namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ClientIPConfig")]
public sealed record ClientIPConfig
{
    [Proto(1)]
    public int? TimeoutSeconds { get; init; }
}
