using System.Text.Json.Serialization;

namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.Condition")]
public sealed record Condition
{
    [Proto(1), Required]
    public string? Type { get; init; }

    [Proto(2), Required]
    public string? Status { get; init; }

    [Proto(3)]
    public long? ObservedGeneration { get; init; }

    [Proto(4), Required, JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastTransitionTime { get; init; }

    [Proto(5), Required]
    public string? Reason { get; init; }

    [Proto(6), Required]
    public string? Message { get; init; }
}
