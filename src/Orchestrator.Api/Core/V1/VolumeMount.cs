namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.VolumeMount")]
public sealed record VolumeMount
{
    [Proto(1), Required]
    public string? Name { get; init; }

    [Proto(2)]
    public bool? ReadOnly { get; init; }

    [Proto(3), Required]
    public string? MountPath { get; init; }

    [Proto(4)]
    public string? SubPath { get; init; }

    [Proto(5)]
    public string? MountPropagation { get; init; }

    [Proto(6)]
    public string? SubPathExpr { get; init; }

    [Proto(7)]
    public string? RecursiveReadOnly { get; init; }
}
