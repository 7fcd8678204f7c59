namespace Orchestrator.Api.Core.V1;

/// <summary>Where a variable's value comes from.</summary>
[ProtoMessage("k8s.io.api.core.v1.EnvVarSource")]
public sealed record EnvVarSource
{
    /// <summary>A field of the pod.</summary>
    [Proto(1)]
    public ObjectFieldSelector? FieldRef { get; init; }

    /// <summary>A request or limit of a container.</summary>
    [Proto(2)]
    public ResourceFieldSelector? ResourceFieldRef { get; init; }

    /// <summary>A key of a config map.</summary>
    [Proto(3)]
    public ConfigMapKeySelector? ConfigMapKeyRef { get; init; }

    /// <summary>A key of a secret.</summary>
    [Proto(4)]
    public SecretKeySelector? SecretKeyRef { get; init; }

    /// <summary>A key of a file in a volume.</summary>
    [Proto(5)]
    public FileKeySelector? FileKeyRef { get; init; }
}
