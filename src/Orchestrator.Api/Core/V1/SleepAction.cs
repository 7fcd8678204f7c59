namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.SleepAction")]
public sealed record SleepAction
{
    [Proto(1), Required]
    public long? Seconds { get; init; }
}
