namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.FlexPersistentVolumeSource")]
public sealed record FlexPersistentVolumeSource
{
    [Proto(1), Required]
    public string? Driver { get; init; }

    [Proto(2)]
    public string? FsType { get; init; }

    [Proto(3)]
    public SecretReference? SecretRef { get; init; }

    [Proto(4)]
    public bool? ReadOnly { get; init; }

    [Proto(5)]
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
