namespace Orchestrator.Api.Core.V1;

/// <summary>Resources of a container: requests are set aside for it, limits bound what it uses.</summary>
[ProtoMessage("k8s.io.api.core.v1.ResourceRequirements")]
public sealed record ResourceRequirements
{
    /// <summary>Most that may be used.</summary>
    [Proto(1)]
    public IReadOnlyDictionary<string, Quantity>? Limits { get; init; }

    /// <summary>What is set aside.</summary>
    [Proto(2)]
    public IReadOnlyDictionary<string, Quantity>? Requests { get; init; }

    /// <summary>Resource claims the container uses.</summary>
    [Proto(3), ListMap("name")]
    public IReadOnlyList<ResourceClaim>? Claims { get; init; }
}
