using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry")]
public sealed record ManagedFieldsEntry
{
    [Proto(1)]
    public string? Manager { get; init; }

    [Proto(2)]
    public string? Operation { get; init; }

    [Proto(3)]
    public string? ApiVersion { get; init; }

    [Proto(4), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? Time { get; init; }

    [Proto(6)]
    public string? FieldsType { get; init; }

    [Proto(7)]
    public JsonElement? FieldsV1 { get; init; }

    [Proto(8)]
    public string? Subresource { get; init; }
}
