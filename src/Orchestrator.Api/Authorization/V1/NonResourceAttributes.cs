namespace Orchestrator.Api.Authorization.V1;

/// <summary>Access to a URL.</summary>
[ProtoMessage("k8s.io.api.authorization.v1.NonResourceAttributes")]
public sealed record NonResourceAttributes
{
    /// <summary>Path of the file or directory.</summary>
    [Proto(1)]
    public string? Path { get; init; }

    /// <summary>The verb.</summary>
    [Proto(2)]
    public string? Verb { get; init; }
}
