using System.Text.Json.Serialization;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api;

/// <summary>An API object: what every kind that is stored or served on its own has in common.</summary>
public abstract record KubernetesObject
{
    /// <summary>Group and version of the kind, e.g. "apps/v1".</summary>
    [JsonPropertyOrder(-3)]
    public string? ApiVersion { get; init; }

    /// <summary>Name of the kind, e.g. "Deployment".</summary>
    [JsonPropertyOrder(-2)]
    public string? Kind { get; init; }

    /// <summary>Name, labels, owner and bookkeeping.</summary>
    [JsonPropertyOrder(-1), Proto(1)]
    public ObjectMeta Metadata { get; init; } = new();
}
