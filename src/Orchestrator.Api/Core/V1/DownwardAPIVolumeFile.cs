namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.DownwardAPIVolumeFile")]
public sealed record DownwardAPIVolumeFile
{
    [Proto(1), Required]
    public string? Path { get; init; }

    [Proto(2)]
    public ObjectFieldSelector? FieldRef { get; init; }

    [Proto(3)]
    public ResourceFieldSelector? ResourceFieldRef { get; init; }

    [Proto(4)]
    public int? Mode { get; init; }
}
