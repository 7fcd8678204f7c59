using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.ApiServer.Causes;

/// <summary>Why an object is as it is: its writes, and the chain of writes that led to one of them.</summary>
public sealed record CauseChain
{
    public string Kind { get; init; } = "CauseChain";

    public string ApiVersion { get; init; } = "lab.orc.dev/v1alpha1";

    /// <summary>The writes of the object itself that are still kept, newest first; of many, the latest ones and its creation.</summary>
    public required IReadOnlyList<CauseLink> Writes { get; init; }

    /// <summary>The explained write first, then what triggered it, down to the roots: writes by people and foreign clients.</summary>
    public required IReadOnlyList<CauseLink> Links { get; init; }

    /// <summary>History that was needed is no longer kept, or the chain is longer than what is returned.</summary>
    public bool Truncated { get; init; }
}

/// <summary>One write.</summary>
public sealed record CauseLink
{
    /// <summary>E.g. "apps/v1/deployments/default/web", "v1/nodes/node1".</summary>
    public required string Object { get; init; }

    public string? Uid { get; init; }

    /// <summary>Revision of the write: the object's resourceVersion after it.</summary>
    public required long Revision { get; init; }

    /// <summary>"created", "modified" or "deleted".</summary>
    public required string Change { get; init; }

    /// <summary>Steps from the explained write; 0 for itself.</summary>
    public int Depth { get; init; }

    /// <summary>Who and why; null when the object was written without a cause record.</summary>
    public CauseRecord? By { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CauseChain))]
internal sealed partial class CauseChainJsonContext : JsonSerializerContext;
