using System.Text.Json.Serialization;

namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.Status")]
public sealed record Status
{
    [Proto(1)]
    public ListMeta? Metadata { get; init; }

    [JsonPropertyName("status"), Proto(2)]
    public string? StatusValue { get; init; }

    [Proto(3)]
    public string? Message { get; init; }

    [Proto(4)]
    public string? Reason { get; init; }

    [Proto(5)]
    public StatusDetails? Details { get; init; }

    [Proto(6)]
    public int? Code { get; init; }

    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }
}
