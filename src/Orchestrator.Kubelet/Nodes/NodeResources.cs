namespace Orchestrator.Kubelet.Nodes;

/// <summary>Capacity and allocatable resources of the node: what the options say, else what the machine has. Constant while the kubelet runs.</summary>
internal sealed class NodeResources
{
    public NodeResources(KubeletOptions options, MachineFacts machine)
    {
        MemoryBytes = options.MemoryBytes ?? machine.MemoryBytes;
        Capacity = new Dictionary<string, Quantity>(StringComparer.Ordinal)
        {
            ["cpu"] = Quantity.FromMilliValue(options.CpuMillis ?? machine.CpuMillis),
            ["memory"] = Quantity.FromBytes(MemoryBytes),
            ["pods"] = Quantity.FromValue(options.MaxPods),
            ["ephemeral-storage"] = Quantity.FromBytes(DiskBytes(options.RootDirectory)),
            ["hugepages-1Gi"] = Quantity.FromValue(0),
            ["hugepages-2Mi"] = Quantity.FromValue(0),
        };
        Allocatable = Capacity;
    }

    public long MemoryBytes { get; }

    public IReadOnlyDictionary<string, Quantity> Capacity { get; }

    /// <summary>Nothing is reserved for the system: a lab node's system parts live outside its own limits.</summary>
    public IReadOnlyDictionary<string, Quantity> Allocatable { get; }

    private static long DiskBytes(string path)
    {
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } parent)
            path = parent;
        // Whole KiB, as others print it.
        return new DriveInfo(path).TotalSize / 1024 * 1024;
    }
}
