namespace Orchestrator.Api.Core.V1;

/// <summary>A check of a container's health.</summary>
[ProtoMessage("k8s.io.api.core.v1.Probe")]
public sealed record Probe
{
    /// <summary>Runs a command in the container.</summary>
    [Proto(1, 1)]
    public ExecAction? Exec { get; init; }

    /// <summary>Sends an HTTP GET request.</summary>
    [Proto(1, 2)]
    public HTTPGetAction? HttpGet { get; init; }

    /// <summary>Opens a TCP connection.</summary>
    [Proto(1, 3)]
    public TCPSocketAction? TcpSocket { get; init; }

    /// <summary>Asks a gRPC health service.</summary>
    [Proto(1, 4)]
    public GRPCAction? Grpc { get; init; }

    /// <summary>Seconds after the start before the first probe.</summary>
    [Proto(2)]
    public int? InitialDelaySeconds { get; init; }

    /// <summary>Seconds after which it times out.</summary>
    [Proto(3), Default(1)]
    public int? TimeoutSeconds { get; init; }

    /// <summary>Seconds between probes.</summary>
    [Proto(4), Default(10)]
    public int? PeriodSeconds { get; init; }

    /// <summary>Successes in a row that count as success.</summary>
    [Proto(5), Default(1)]
    public int? SuccessThreshold { get; init; }

    /// <summary>Failures in a row that count as failure.</summary>
    [Proto(6), Default(3)]
    public int? FailureThreshold { get; init; }

    /// <summary>Seconds between the request to end and the kill.</summary>
    [Proto(7)]
    public long? TerminationGracePeriodSeconds { get; init; }
}
