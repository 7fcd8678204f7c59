using System.Text.Json.Serialization;

namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.ObjectMeta")]
public sealed record ObjectMeta
{
    [Proto(1)]
    public string? Name { get; init; }

    [Proto(2)]
    public string? GenerateName { get; init; }

    [Proto(3)]
    public string? Namespace { get; init; }

    [Proto(4)]
    public string? SelfLink { get; init; }

    [Proto(5)]
    public string? Uid { get; init; }

    [Proto(6)]
    public string? ResourceVersion { get; init; }

    [Proto(7)]
    public long? Generation { get; init; }

    [Proto(8), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? CreationTimestamp { get; init; }

    [Proto(9), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? DeletionTimestamp { get; init; }

    [Proto(10)]
    public long? DeletionGracePeriodSeconds { get; init; }

    [Proto(11)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [Proto(12)]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    [Proto(13), ListMap("uid"), PatchMerge("uid")]
    public IReadOnlyList<OwnerReference>? OwnerReferences { get; init; }

    [Proto(14), ListSet, PatchMerge]
    public IReadOnlyList<string>? Finalizers { get; init; }

    [Proto(17), ListAtomic]
    public IReadOnlyList<ManagedFieldsEntry>? ManagedFields { get; init; }
}
