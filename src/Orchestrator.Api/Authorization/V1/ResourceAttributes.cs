namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.ResourceAttributes")]
public sealed record ResourceAttributes
{
    [Proto(1)]
    public string? Namespace { get; init; }

    [Proto(2)]
    public string? Verb { get; init; }

    [Proto(3)]
    public string? Group { get; init; }

    [Proto(4)]
    public string? Version { get; init; }

    [Proto(5)]
    public string? Resource { get; init; }

    [Proto(6)]
    public string? Subresource { get; init; }

    [Proto(7)]
    public string? Name { get; init; }

    [Proto(8)]
    public FieldSelectorAttributes? FieldSelector { get; init; }

    [Proto(9)]
    public LabelSelectorAttributes? LabelSelector { get; init; }
}
