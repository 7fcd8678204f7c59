namespace Orchestrator.Api.Meta.V1;

/// <summary>How to delete.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.DeleteOptions")]
public sealed record DeleteOptions
{
    /// <summary>Seconds the object has before it is removed; 0 removes it at once.</summary>
    [Proto(1)]
    public long? GracePeriodSeconds { get; init; }

    /// <summary>What must hold for the deletion to be done.</summary>
    [Proto(2)]
    public Preconditions? Preconditions { get; init; }

    /// <summary>Deprecated: use propagationPolicy.</summary>
    [Proto(3)]
    public bool? OrphanDependents { get; init; }

    /// <summary>What happens to dependents: Orphan, Background or Foreground.</summary>
    [Proto(4)]
    public string? PropagationPolicy { get; init; }

    /// <summary>"All" lets the server check everything and store nothing.</summary>
    [Proto(5), ListAtomic]
    public IReadOnlyList<string>? DryRun { get; init; }

    /// <summary>Deletes even what cannot be read from the store. Dangerous.</summary>
    [Proto(6)]
    public bool? IgnoreStoreReadErrorWithClusterBreakingPotential { get; init; }

    /// <summary>Group and version of the object.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Kind of the object.</summary>
    public string? Kind { get; init; }
}
