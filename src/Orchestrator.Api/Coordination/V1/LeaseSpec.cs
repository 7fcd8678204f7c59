using System.Text.Json.Serialization;

namespace Orchestrator.Api.Coordination.V1;

[ProtoMessage("k8s.io.api.coordination.v1.LeaseSpec")]
public sealed record LeaseSpec
{
    [Proto(1)]
    public string? HolderIdentity { get; init; }

    [Proto(2)]
    public int? LeaseDurationSeconds { get; init; }

    [Proto(3), JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; init; }

    [Proto(4), JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; init; }

    [Proto(5)]
    public int? LeaseTransitions { get; init; }

    [Proto(6)]
    public string? Strategy { get; init; }

    [Proto(7)]
    public string? PreferredHolder { get; init; }
}
