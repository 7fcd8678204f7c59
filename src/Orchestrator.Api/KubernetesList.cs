using System.Text.Json.Serialization;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api;

/// <summary>A list of one kind, as the API returns it.</summary>
public sealed record KubernetesList<T>
    where T : KubernetesObject
{
    [JsonPropertyOrder(-3)]
    public string? ApiVersion { get; init; }

    [JsonPropertyOrder(-2)]
    public string? Kind { get; init; }

    [JsonPropertyOrder(-1)]
    public ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<T> Items { get; init; } = [];
}
