namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ContainerImage")]
public sealed record ContainerImage
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? Names { get; init; }

    [Proto(2)]
    public long? SizeBytes { get; init; }
}
