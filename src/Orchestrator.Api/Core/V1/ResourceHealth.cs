namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ResourceHealth")]
public sealed record ResourceHealth
{
    /// <summary>Id of the device.</summary>
    [Proto(1), Required]
    public string? ResourceID { get; init; }

    /// <summary>Health of the device.</summary>
    [Proto(2)]
    public string? Health { get; init; }

    /// <summary>Sentence for people that explains it.</summary>
    [Proto(6)]
    public string? Message { get; init; }
}
