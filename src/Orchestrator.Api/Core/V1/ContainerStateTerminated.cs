using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ContainerStateTerminated")]
public sealed record ContainerStateTerminated
{
    [Proto(1), Required]
    public int? ExitCode { get; init; }

    [Proto(2)]
    public int? Signal { get; init; }

    [Proto(3)]
    public string? Reason { get; init; }

    [Proto(4)]
    public string? Message { get; init; }

    [Proto(5), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartedAt { get; init; }

    [Proto(6), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? FinishedAt { get; init; }

    [Proto(7)]
    public string? ContainerID { get; init; }
}
