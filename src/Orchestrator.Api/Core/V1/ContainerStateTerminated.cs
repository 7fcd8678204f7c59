using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

/// <summary>A container that has ended.</summary>
[ProtoMessage("k8s.io.api.core.v1.ContainerStateTerminated")]
public sealed record ContainerStateTerminated
{
    /// <summary>Exit code.</summary>
    [Proto(1), Required]
    public int? ExitCode { get; init; }

    /// <summary>Signal that ended it.</summary>
    [Proto(2)]
    public int? Signal { get; init; }

    /// <summary>One word why, such as Completed, Error or OOMKilled.</summary>
    [Proto(3)]
    public string? Reason { get; init; }

    /// <summary>Sentence for people that explains it.</summary>
    [Proto(4)]
    public string? Message { get; init; }

    /// <summary>When it started.</summary>
    [Proto(5), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    [Proto(6), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Id of the container, with the runtime's scheme.</summary>
    [Proto(7)]
    public string? ContainerID { get; init; }
}
