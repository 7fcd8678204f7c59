using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.ApiServer.Causes;

/// <summary>Who made a write and why: stored in the same transaction as the write itself.</summary>
public sealed record CauseRecord
{
    /// <summary>User name as authenticated.</summary>
    public required string User { get; init; }

    /// <summary>"create", "update", "patch", "delete", "deletecollection", "apply".</summary>
    public required string Verb { get; init; }

    /// <summary>Empty for the object itself.</summary>
    public string? Subresource { get; init; }

    /// <summary>Field manager of the client.</summary>
    public string? Manager { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>When the server accepted the write.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What changed, e.g. "spec.replicas", "metadata.labels"; null for creates and deletes.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>What the client said in its X-Orchestrator-Cause header: controller, reconcile, object and trigger revisions.</summary>
    public JsonElement? Cause { get; init; }
}

/// <summary>The JSON form of stored causes. Its names are frozen: they lie on disk.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CauseRecord))]
internal sealed partial class CauseJsonContext : JsonSerializerContext;
