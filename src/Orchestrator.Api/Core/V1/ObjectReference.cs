namespace Orchestrator.Api.Core.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.ObjectReference")]
public sealed record ObjectReference
{
    [Proto(1)]
    public string? Kind { get; init; }

    [Proto(2)]
    public string? Namespace { get; init; }

    [Proto(3)]
    public string? Name { get; init; }

    [Proto(4)]
    public string? Uid { get; init; }

    [Proto(5)]
    public string? ApiVersion { get; init; }

    [Proto(6)]
    public string? ResourceVersion { get; init; }

    [Proto(7)]
    public string? FieldPath { get; init; }
}
