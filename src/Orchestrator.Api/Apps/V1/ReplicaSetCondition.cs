using System.Text.Json.Serialization;

namespace Orchestrator.Api.Apps.V1;

[ProtoMessage("k8s.io.api.apps.v1.ReplicaSetCondition")]
public sealed record ReplicaSetCondition
{
    [Proto(1), Required]
    public string? Type { get; init; }

    [Proto(2), Required]
    public string? Status { get; init; }

    [Proto(3), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastTransitionTime { get; init; }

    [Proto(4)]
    public string? Reason { get; init; }

    [Proto(5)]
    public string? Message { get; init; }
}
