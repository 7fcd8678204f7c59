namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeSystemInfo")]
public sealed record NodeSystemInfo
{
    [Proto(1), Required]
    public string? MachineID { get; init; }

    [Proto(2), Required]
    public string? SystemUUID { get; init; }

    [Proto(3), Required]
    public string? BootID { get; init; }

    [Proto(4), Required]
    public string? KernelVersion { get; init; }

    [Proto(5), Required]
    public string? OsImage { get; init; }

    [Proto(6), Required]
    public string? ContainerRuntimeVersion { get; init; }

    [Proto(7), Required]
    public string? KubeletVersion { get; init; }

    [Proto(8), Required]
    public string? KubeProxyVersion { get; init; }

    [Proto(9), Required]
    public string? OperatingSystem { get; init; }

    [Proto(10), Required]
    public string? Architecture { get; init; }

    [Proto(11)]
    public NodeSwapStatus? Swap { get; init; }
}
