namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.KeyToPath")]
public sealed record KeyToPath
{
    [Proto(1), Required]
    public string? Key { get; init; }

    [Proto(2), Required]
    public string? Path { get; init; }

    [Proto(3)]
    public int? Mode { get; init; }
}
