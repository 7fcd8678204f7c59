namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.StatusDetails")]
public sealed record StatusDetails
{
    [Proto(1)]
    public string? Name { get; init; }

    [Proto(2)]
    public string? Group { get; init; }

    [Proto(3)]
    public string? Kind { get; init; }

    [Proto(4), ListAtomic]
    public IReadOnlyList<StatusCause>? Causes { get; init; }

    [Proto(5)]
    public int? RetryAfterSeconds { get; init; }

    [Proto(6)]
    public string? Uid { get; init; }
}
