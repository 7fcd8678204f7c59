namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.GitRepoVolumeSource")]
public sealed record GitRepoVolumeSource
{
    /// <summary>URL of the repository.</summary>
    [Proto(1), Required]
    public string? Repository { get; init; }

    /// <summary>Commit to check out.</summary>
    [Proto(2)]
    public string? Revision { get; init; }

    /// <summary>Directory it is cloned into.</summary>
    [Proto(3)]
    public string? Directory { get; init; }
}
