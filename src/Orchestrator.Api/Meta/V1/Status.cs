using System.Text.Json.Serialization;

namespace Orchestrator.Api.Meta.V1;

/// <summary>The outcome of a request that returns no object.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.Status")]
public sealed record Status
{
    /// <summary>Name, labels, owner and bookkeeping.</summary>
    [Proto(1)]
    public ListMeta? Metadata { get; init; }

    /// <summary>Success or Failure.</summary>
    [JsonPropertyName("status"), Proto(2)]
    public string? StatusValue { get; init; }

    /// <summary>Sentence for people that explains it.</summary>
    [Proto(3)]
    public string? Message { get; init; }

    /// <summary>One word, for programs, why it failed.</summary>
    [Proto(4)]
    public string? Reason { get; init; }

    /// <summary>More about the failure.</summary>
    [Proto(5)]
    public StatusDetails? Details { get; init; }

    /// <summary>HTTP status code.</summary>
    [Proto(6)]
    public int? Code { get; init; }

    /// <summary>Group and version of the object.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Kind of the object.</summary>
    public string? Kind { get; init; }
}
