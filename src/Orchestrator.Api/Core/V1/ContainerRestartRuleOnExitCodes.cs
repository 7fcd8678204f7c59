namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ContainerRestartRuleOnExitCodes")]
public sealed record ContainerRestartRuleOnExitCodes
{
    [Proto(1), Required]
    public string? Operator { get; init; }

    [Proto(2), ListSet]
    public IReadOnlyList<int>? Values { get; init; }
}
