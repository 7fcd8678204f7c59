namespace Orchestrator.Api.Apps.V1;

[ProtoMessage("k8s.io.api.apps.v1.DeploymentStrategy")]
public sealed record DeploymentStrategy
{
    [Proto(1)]
    public string? Type { get; init; }

    [Proto(2)]
    public RollingUpdateDeployment? RollingUpdate { get; init; }
}
