namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.Preconditions")]
public sealed record Preconditions
{
    [Proto(1)]
    public string? Uid { get; init; }

    [Proto(2)]
    public string? ResourceVersion { get; init; }
}
