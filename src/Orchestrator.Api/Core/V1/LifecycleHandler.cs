namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.LifecycleHandler")]
public sealed record LifecycleHandler
{
    [Proto(1)]
    public ExecAction? Exec { get; init; }

    [Proto(2)]
    public HTTPGetAction? HttpGet { get; init; }

    [Proto(3)]
    public TCPSocketAction? TcpSocket { get; init; }

    [Proto(4)]
    public SleepAction? Sleep { get; init; }
}
