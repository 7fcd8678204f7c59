namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.EnvVar")]
public sealed record EnvVar
{
    [Proto(1), Required]
    public string? Name { get; init; }

    [Proto(2)]
    public string? Value { get; init; }

    [Proto(3)]
    public EnvVarSource? ValueFrom { get; init; }
}
