using System.Reflection;
using System.Text.Json.Nodes;

namespace Orchestrator.Api.Schema;

/// <summary>A named field of a struct.</summary>
public sealed class SchemaField
{
    /// <summary>Name in JSON.</summary>
    public required string Name { get; init; }

    public required SchemaNode Node { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>What an absent field is set to; null for none. Cloned on use.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>The field cannot change once set.</summary>
    public bool IsImmutable { get; init; }

    /// <summary>Protobuf number; 0 when the field has no protobuf form.</summary>
    public int ProtoNumber { get; init; }

    /// <summary>Number inside the embedded message <see cref="ProtoNumber"/>; 0 when not embedded.</summary>
    public int ProtoInnerNumber { get; init; }

    /// <summary>The record's property; null for custom resources.</summary>
    public PropertyInfo? Property { get; init; }

    /// <summary>Description of a custom resource's field; records have theirs in the documentation file.</summary>
    public string? Description { get; init; }
}
