using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

/// <summary>Keeps pods off a node unless they tolerate it.</summary>
[ProtoMessage("k8s.io.api.core.v1.Taint")]
public sealed record Taint
{
    /// <summary>The key.</summary>
    [Proto(1), Required]
    public string? Key { get; init; }

    /// <summary>The value.</summary>
    [Proto(2)]
    public string? Value { get; init; }

    /// <summary>What the taint does: NoSchedule, PreferNoSchedule or NoExecute.</summary>
    [Proto(3), Required]
    public string? Effect { get; init; }

    /// <summary>When the taint was set.</summary>
    [Proto(4), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? TimeAdded { get; init; }
}
