namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.EnvVarSource")]
public sealed record EnvVarSource
{
    [Proto(1)]
    public ObjectFieldSelector? FieldRef { get; init; }

    [Proto(2)]
    public ResourceFieldSelector? ResourceFieldRef { get; init; }

    [Proto(3)]
    public ConfigMapKeySelector? ConfigMapKeyRef { get; init; }

    [Proto(4)]
    public SecretKeySelector? SecretKeyRef { get; init; }

    [Proto(5)]
    public FileKeySelector? FileKeyRef { get; init; }
}
