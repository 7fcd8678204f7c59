using System.Globalization;

namespace Orchestrator.Kubelet.Nodes;

/// <summary>Computes the Node object that the kubelet registers and the status it reports. Pure.</summary>
internal static class NodeStatusBuilder
{
    /// <summary>nodeStatusMaxImages of Kubernetes.</summary>
    private const int MaxImages = 50;

    public static Dictionary<string, string> Labels(KubeletOptions options, MachineFacts machine)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["kubernetes.io/hostname"] = options.NodeName,
            ["kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = machine.Architecture,
            ["beta.kubernetes.io/os"] = "linux",
            ["beta.kubernetes.io/arch"] = machine.Architecture,
        };
        foreach (var (key, value) in options.NodeLabels)
            labels[key] = value;
        return labels;
    }

    public static NodeStatus Build(
        KubeletOptions options, MachineFacts machine, NodeResources resources, Cri.RuntimeVersion runtime, Cri.RuntimeStatus status,
        IReadOnlyList<Cri.ImageRecord> images, IReadOnlyList<NodeCondition> before, int serverPort, DateTimeOffset now) => new()
        {
            Capacity = resources.Capacity,
            Allocatable = resources.Allocatable,
            Addresses =
            [
                new() { Type = "InternalIP", Address = options.NodeIp.ToString() },
                new() { Type = "Hostname", Address = options.NodeName },
            ],
            Conditions =
            [
                Condition("MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available", before, now),
                Condition("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure", before, now),
                Condition("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available", before, now),
                Ready(status, before, now),
            ],
            DaemonEndpoints = new() { KubeletEndpoint = new() { Port = serverPort } },
            NodeInfo = new()
            {
                MachineID = machine.MachineId, SystemUUID = machine.SystemUuid, BootID = machine.BootId, KernelVersion = machine.KernelVersion,
                OsImage = machine.OsImage, ContainerRuntimeVersion = $"{runtime.Name}://{runtime.Version}", KubeletVersion = options.KubeletVersion,
                KubeProxyVersion = "", OperatingSystem = "linux", Architecture = machine.Architecture,
            },
            Images = [.. images.OrderByDescending(image => image.SizeBytes).Take(MaxImages).Select(ToContainerImage)],
            RuntimeHandlers = [new() { Name = "", Features = new() { RecursiveReadOnlyMounts = true, UserNamespaces = false } }],
            Features = new() { SupplementalGroupsPolicy = true },
        };

    private static NodeCondition Ready(Cri.RuntimeStatus status, IReadOnlyList<NodeCondition> before, DateTimeOffset now)
    {
        var faults = new List<string>();
        if (!status.RuntimeReady)
            faults.Add($"container runtime not ready: RuntimeReady=false reason:RuntimeNotReady message:{status.RuntimeMessage}");
        if (!status.NetworkReady)
            faults.Add($"container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:{status.NetworkMessage}");
        return faults.Count == 0
            ? Condition("Ready", true, "KubeletReady", "kubelet is posting ready status", before, now)
            : Condition("Ready", false, "KubeletNotReady", string.Create(CultureInfo.InvariantCulture, $"[{string.Join(", ", faults)}]"), before, now);
    }

    private static NodeCondition Condition(string type, bool value, string reason, string message, IReadOnlyList<NodeCondition> before, DateTimeOffset now)
    {
        var status = value ? "True" : "False";
        var old = before.FirstOrDefault(condition => condition.Type == type);
        return new()
        {
            Type = type, Status = status, Reason = reason, Message = message, LastHeartbeatTime = now,
            LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
        };
    }

    private static ContainerImage ToContainerImage(Cri.ImageRecord image) =>
        new() { Names = [.. image.RepoDigests.Concat(image.RepoTags).Take(5)], SizeBytes = image.SizeBytes };
}
