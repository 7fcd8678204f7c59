namespace Orchestrator.Api.Core.V1;

/// <summary>Exit codes a rule is for.</summary>
[ProtoMessage("k8s.io.api.core.v1.ContainerRestartRuleOnExitCodes")]
public sealed record ContainerRestartRuleOnExitCodes
{
    /// <summary>Relation between the key and the values.</summary>
    [Proto(1), Required]
    public string? Operator { get; init; }

    /// <summary>Values the operator compares with.</summary>
    [Proto(2), ListSet]
    public IReadOnlyList<int>? Values { get; init; }
}
