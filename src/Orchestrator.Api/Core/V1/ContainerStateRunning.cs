using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ContainerStateRunning")]
public sealed record ContainerStateRunning
{
    [Proto(1), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartedAt { get; init; }
}
