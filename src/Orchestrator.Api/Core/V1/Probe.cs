namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Probe")]
public sealed record Probe
{
    [Proto(1, 1)]
    public ExecAction? Exec { get; init; }

    [Proto(1, 2)]
    public HTTPGetAction? HttpGet { get; init; }

    [Proto(1, 3)]
    public TCPSocketAction? TcpSocket { get; init; }

    [Proto(1, 4)]
    public GRPCAction? Grpc { get; init; }

    [Proto(2)]
    public int? InitialDelaySeconds { get; init; }

    [Proto(3), Default(1)]
    public int? TimeoutSeconds { get; init; }

    [Proto(4), Default(10)]
    public int? PeriodSeconds { get; init; }

    [Proto(5), Default(1)]
    public int? SuccessThreshold { get; init; }

    [Proto(6), Default(3)]
    public int? FailureThreshold { get; init; }

    [Proto(7)]
    public long? TerminationGracePeriodSeconds { get; init; }
}
