namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.APIResource")]
public sealed record APIResource
{
    [Proto(1), Required]
    public string? Name { get; init; }

    [Proto(2), Required]
    public bool? Namespaced { get; init; }

    [Proto(3), Required]
    public string? Kind { get; init; }

    [Proto(4), Required]
    public IReadOnlyList<string>? Verbs { get; init; }

    [Proto(5), ListAtomic]
    public IReadOnlyList<string>? ShortNames { get; init; }

    [Proto(6), Required]
    public string? SingularName { get; init; }

    [Proto(7), ListAtomic]
    public IReadOnlyList<string>? Categories { get; init; }

    [Proto(8)]
    public string? Group { get; init; }

    [Proto(9)]
    public string? Version { get; init; }

    [Proto(10)]
    public string? StorageVersionHash { get; init; }
}
