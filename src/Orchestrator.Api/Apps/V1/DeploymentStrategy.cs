namespace Orchestrator.Api.Apps.V1;

/// <summary>Type of the replacement of old pods, with its settings.</summary>
[ProtoMessage("k8s.io.api.apps.v1.DeploymentStrategy")]
public sealed record DeploymentStrategy
{
    /// <summary>RollingUpdate or Recreate.</summary>
    [Proto(1)]
    public string? Type { get; init; }

    /// <summary>Settings of a rolling update.</summary>
    [Proto(2)]
    public RollingUpdateDeployment? RollingUpdate { get; init; }
}
