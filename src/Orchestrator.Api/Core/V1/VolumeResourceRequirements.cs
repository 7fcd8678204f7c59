namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.VolumeResourceRequirements")]
public sealed record VolumeResourceRequirements
{
    [Proto(1)]
    public IReadOnlyDictionary<string, Quantity>? Limits { get; init; }

    [Proto(2)]
    public IReadOnlyDictionary<string, Quantity>? Requests { get; init; }
}
