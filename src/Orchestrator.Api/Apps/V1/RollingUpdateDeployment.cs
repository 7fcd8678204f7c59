namespace Orchestrator.Api.Apps.V1;

/// <summary>How many pods a rolling update may add and take away at a time.</summary>
[ProtoMessage("k8s.io.api.apps.v1.RollingUpdateDeployment")]
public sealed record RollingUpdateDeployment
{
    /// <summary>How many pods may be missing during the update; a number or a percentage.</summary>
    [Proto(1)]
    public IntOrString? MaxUnavailable { get; init; }

    /// <summary>How many pods may be there on top during the update; a number or a percentage.</summary>
    [Proto(2)]
    public IntOrString? MaxSurge { get; init; }
}
