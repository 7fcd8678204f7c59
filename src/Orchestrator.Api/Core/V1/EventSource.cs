namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.EventSource")]
public sealed record EventSource
{
    [Proto(1)]
    public string? Component { get; init; }

    [Proto(2)]
    public string? Host { get; init; }
}
