namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ExecAction")]
public sealed record ExecAction
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? Command { get; init; }
}
