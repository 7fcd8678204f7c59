namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.EmptyDirVolumeSource")]
public sealed record EmptyDirVolumeSource
{
    [Proto(1)]
    public string? Medium { get; init; }

    [Proto(2)]
    public Quantity? SizeLimit { get; init; }
}
