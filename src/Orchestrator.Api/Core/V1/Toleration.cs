namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Toleration")]
public sealed record Toleration
{
    [Proto(1)]
    public string? Key { get; init; }

    [Proto(2)]
    public string? Operator { get; init; }

    [Proto(3)]
    public string? Value { get; init; }

    [Proto(4)]
    public string? Effect { get; init; }

    [Proto(5)]
    public long? TolerationSeconds { get; init; }
}
