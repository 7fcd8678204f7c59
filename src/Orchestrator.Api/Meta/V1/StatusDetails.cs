namespace Orchestrator.Api.Meta.V1;

/// <summary>More about a failure.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.StatusDetails")]
public sealed record StatusDetails
{
    /// <summary>Name of the object in question.</summary>
    [Proto(1)]
    public string? Name { get; init; }

    /// <summary>API group in question.</summary>
    [Proto(2)]
    public string? Group { get; init; }

    /// <summary>Resource in question.</summary>
    [Proto(3)]
    public string? Kind { get; init; }

    /// <summary>All causes of the failure.</summary>
    [Proto(4), ListAtomic]
    public IReadOnlyList<StatusCause>? Causes { get; init; }

    /// <summary>Seconds to wait before trying again.</summary>
    [Proto(5)]
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Unique id of the object in time and space.</summary>
    [Proto(6)]
    public string? Uid { get; init; }
}
