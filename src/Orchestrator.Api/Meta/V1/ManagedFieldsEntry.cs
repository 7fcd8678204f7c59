using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Api.Meta.V1;

/// <summary>The fields that one manager set.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry")]
public sealed record ManagedFieldsEntry
{
    /// <summary>Who manages the fields.</summary>
    [Proto(1)]
    public string? Manager { get; init; }

    /// <summary>Apply or Update.</summary>
    [Proto(2)]
    public string? Operation { get; init; }

    /// <summary>Group and version of the object.</summary>
    [Proto(3)]
    public string? ApiVersion { get; init; }

    /// <summary>When the entry was last changed.</summary>
    [Proto(4), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? Time { get; init; }

    /// <summary>Form of fieldsV1.</summary>
    [Proto(6)]
    public string? FieldsType { get; init; }

    /// <summary>The fields, as a tree.</summary>
    [Proto(7)]
    public JsonElement? FieldsV1 { get; init; }

    /// <summary>Subresource in question.</summary>
    [Proto(8)]
    public string? Subresource { get; init; }
}
