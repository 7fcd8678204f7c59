namespace Orchestrator.Api.Core.V1;

/// <summary>A taint a pod puts up with.</summary>
[ProtoMessage("k8s.io.api.core.v1.Toleration")]
public sealed record Toleration
{
    /// <summary>The key.</summary>
    [Proto(1)]
    public string? Key { get; init; }

    /// <summary>Exists, or Equal to compare the value.</summary>
    [Proto(2)]
    public string? Operator { get; init; }

    /// <summary>The value.</summary>
    [Proto(3)]
    public string? Value { get; init; }

    /// <summary>Effect it applies to; empty means all.</summary>
    [Proto(4)]
    public string? Effect { get; init; }

    /// <summary>Seconds a NoExecute taint is put up with; for ever when left out.</summary>
    [Proto(5)]
    public long? TolerationSeconds { get; init; }
}
