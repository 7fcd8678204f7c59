namespace Orchestrator.Api.Core.V1;

/// <summary>Ids and versions of a node.</summary>
[ProtoMessage("k8s.io.api.core.v1.NodeSystemInfo")]
public sealed record NodeSystemInfo
{
    /// <summary>The machine's id.</summary>
    [Proto(1), Required]
    public string? MachineID { get; init; }

    /// <summary>The machine's UUID.</summary>
    [Proto(2), Required]
    public string? SystemUUID { get; init; }

    /// <summary>Id of this boot.</summary>
    [Proto(3), Required]
    public string? BootID { get; init; }

    /// <summary>Kernel release.</summary>
    [Proto(4), Required]
    public string? KernelVersion { get; init; }

    /// <summary>Operating system.</summary>
    [Proto(5), Required]
    public string? OsImage { get; init; }

    /// <summary>Container runtime and version.</summary>
    [Proto(6), Required]
    public string? ContainerRuntimeVersion { get; init; }

    /// <summary>Version of the kubelet.</summary>
    [Proto(7), Required]
    public string? KubeletVersion { get; init; }

    /// <summary>No longer used.</summary>
    [Proto(8), Required]
    public string? KubeProxyVersion { get; init; }

    /// <summary>Operating system family.</summary>
    [Proto(9), Required]
    public string? OperatingSystem { get; init; }

    /// <summary>Processor architecture.</summary>
    [Proto(10), Required]
    public string? Architecture { get; init; }

    /// <summary>Swap of the node.</summary>
    [Proto(11)]
    public NodeSwapStatus? Swap { get; init; }
}
