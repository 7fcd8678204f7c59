namespace Orchestrator.Api.Core.V1;

/// <summary>How much storage is asked for.</summary>
[ProtoMessage("k8s.io.api.core.v1.VolumeResourceRequirements")]
public sealed record VolumeResourceRequirements
{
    /// <summary>Most that may be used.</summary>
    [Proto(1)]
    public IReadOnlyDictionary<string, Quantity>? Limits { get; init; }

    /// <summary>What is set aside.</summary>
    [Proto(2)]
    public IReadOnlyDictionary<string, Quantity>? Requests { get; init; }
}
