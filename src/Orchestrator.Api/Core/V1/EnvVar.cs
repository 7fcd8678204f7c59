namespace Orchestrator.Api.Core.V1;

/// <summary>An environment variable.</summary>
[ProtoMessage("k8s.io.api.core.v1.EnvVar")]
public sealed record EnvVar
{
    /// <summary>Name of the variable.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>Value; $(VAR) of earlier variables is expanded.</summary>
    [Proto(2)]
    public string? Value { get; init; }

    /// <summary>Where the value comes from.</summary>
    [Proto(3)]
    public EnvVarSource? ValueFrom { get; init; }
}
