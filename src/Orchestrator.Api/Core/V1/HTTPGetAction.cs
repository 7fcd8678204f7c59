namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.HTTPGetAction")]
public sealed record HTTPGetAction
{
    [Proto(1), Default("/")]
    public string? Path { get; init; }

    [Proto(2), Required]
    public IntOrString? Port { get; init; }

    [Proto(3)]
    public string? Host { get; init; }

    [Proto(4), Default("HTTP")]
    public string? Scheme { get; init; }

    [Proto(5), ListAtomic]
    public IReadOnlyList<HTTPHeader>? HttpHeaders { get; init; }
}
