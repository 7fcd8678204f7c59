namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.DeleteOptions")]
public sealed record DeleteOptions
{
    [Proto(1)]
    public long? GracePeriodSeconds { get; init; }

    [Proto(2)]
    public Preconditions? Preconditions { get; init; }

    [Proto(3)]
    public bool? OrphanDependents { get; init; }

    [Proto(4)]
    public string? PropagationPolicy { get; init; }

    [Proto(5), ListAtomic]
    public IReadOnlyList<string>? DryRun { get; init; }

    [Proto(6)]
    public bool? IgnoreStoreReadErrorWithClusterBreakingPotential { get; init; }

    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }
}
