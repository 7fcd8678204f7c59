namespace Orchestrator.Api.Core.V1;

/// <summary>Starts a container again by its exit code.</summary>
[ProtoMessage("k8s.io.api.core.v1.ContainerRestartRule")]
public sealed record ContainerRestartRule
{
    /// <summary>What was done or is to be done.</summary>
    [Proto(1), Required]
    public string? Action { get; init; }

    /// <summary>Exit codes in question.</summary>
    [Proto(2)]
    public ContainerRestartRuleOnExitCodes? ExitCodes { get; init; }
}
