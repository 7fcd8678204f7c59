namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.StatusCause")]
public sealed record StatusCause
{
    [Proto(1)]
    public string? Reason { get; init; }

    [Proto(2)]
    public string? Message { get; init; }

    [Proto(3)]
    public string? Field { get; init; }
}
