using System.Text.Json.Serialization;

namespace Orchestrator.Api.Coordination.V1;

/// <summary>Who holds a lease and until when.</summary>
[ProtoMessage("k8s.io.api.coordination.v1.LeaseSpec")]
public sealed record LeaseSpec
{
    /// <summary>Who holds the lease.</summary>
    [Proto(1)]
    public string? HolderIdentity { get; init; }

    /// <summary>Seconds after the last renewal at which others may take it.</summary>
    [Proto(2)]
    public int? LeaseDurationSeconds { get; init; }

    /// <summary>When it was acquired.</summary>
    [Proto(3), JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; init; }

    /// <summary>When it was last renewed.</summary>
    [Proto(4), JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; init; }

    /// <summary>How often it changed hands.</summary>
    [Proto(5)]
    public int? LeaseTransitions { get; init; }

    /// <summary>How the next holder is chosen.</summary>
    [Proto(6)]
    public string? Strategy { get; init; }

    /// <summary>Who should take it next.</summary>
    [Proto(7)]
    public string? PreferredHolder { get; init; }
}
