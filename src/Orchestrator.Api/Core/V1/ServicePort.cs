namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ServicePort")]
public sealed record ServicePort
{
    [Proto(1)]
    public string? Name { get; init; }

    [Proto(2), Default("TCP")]
    public string? Protocol { get; init; }

    [Proto(3), Required]
    public int? Port { get; init; }

    [Proto(4)]
    public IntOrString? TargetPort { get; init; }

    [Proto(5)]
    public int? NodePort { get; init; }

    [Proto(6)]
    public string? AppProtocol { get; init; }
}
