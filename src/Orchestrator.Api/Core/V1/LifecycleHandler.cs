namespace Orchestrator.Api.Core.V1;

/// <summary>What is done at one moment of a container's life.</summary>
[ProtoMessage("k8s.io.api.core.v1.LifecycleHandler")]
public sealed record LifecycleHandler
{
    /// <summary>Runs a command in the container.</summary>
    [Proto(1)]
    public ExecAction? Exec { get; init; }

    /// <summary>Sends an HTTP GET request.</summary>
    [Proto(2)]
    public HTTPGetAction? HttpGet { get; init; }

    /// <summary>Opens a TCP connection.</summary>
    [Proto(3)]
    public TCPSocketAction? TcpSocket { get; init; }

    /// <summary>Waits a while.</summary>
    [Proto(4)]
    public SleepAction? Sleep { get; init; }
}
