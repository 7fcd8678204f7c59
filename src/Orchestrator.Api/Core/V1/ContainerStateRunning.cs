using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

/// <summary>A container that runs.</summary>
[ProtoMessage("k8s.io.api.core.v1.ContainerStateRunning")]
public sealed record ContainerStateRunning
{
    /// <summary>When it started.</summary>
    [Proto(1), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartedAt { get; init; }
}
