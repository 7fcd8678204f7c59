namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Capabilities")]
public sealed record Capabilities
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? Add { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? Drop { get; init; }
}
