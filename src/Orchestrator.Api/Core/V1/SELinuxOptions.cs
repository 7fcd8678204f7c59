namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.SELinuxOptions")]
public sealed record SELinuxOptions
{
    [Proto(1)]
    public string? User { get; init; }

    [Proto(2)]
    public string? Role { get; init; }

    [Proto(3)]
    public string? Type { get; init; }

    [Proto(4)]
    public string? Level { get; init; }
}
