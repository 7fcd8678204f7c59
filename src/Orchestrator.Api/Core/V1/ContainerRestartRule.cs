namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ContainerRestartRule")]
public sealed record ContainerRestartRule
{
    [Proto(1), Required]
    public string? Action { get; init; }

    [Proto(2)]
    public ContainerRestartRuleOnExitCodes? ExitCodes { get; init; }
}
