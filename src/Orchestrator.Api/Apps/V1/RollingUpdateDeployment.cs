namespace Orchestrator.Api.Apps.V1;

[ProtoMessage("k8s.io.api.apps.v1.RollingUpdateDeployment")]
public sealed record RollingUpdateDeployment
{
    [Proto(1)]
    public IntOrString? MaxUnavailable { get; init; }

    [Proto(2)]
    public IntOrString? MaxSurge { get; init; }
}
