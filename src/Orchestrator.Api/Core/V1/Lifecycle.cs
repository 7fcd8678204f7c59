namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Lifecycle")]
public sealed record Lifecycle
{
    [Proto(1)]
    public LifecycleHandler? PostStart { get; init; }

    [Proto(2)]
    public LifecycleHandler? PreStop { get; init; }

    [Proto(3)]
    public string? StopSignal { get; init; }
}
