namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.GitRepoVolumeSource")]
public sealed record GitRepoVolumeSource
{
    [Proto(1), Required]
    public string? Repository { get; init; }

    [Proto(2)]
    public string? Revision { get; init; }

    [Proto(3)]
    public string? Directory { get; init; }
}
