namespace Orchestrator.Api.Core.V1;

/// <summary>A pause.</summary>
[ProtoMessage("k8s.io.api.core.v1.SleepAction")]
public sealed record SleepAction
{
    /// <summary>How many seconds.</summary>
    [Proto(1), Required]
    public long? Seconds { get; init; }
}
