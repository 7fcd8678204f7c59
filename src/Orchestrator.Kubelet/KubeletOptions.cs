using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Kubelet;

/// <summary>
/// What one kubelet is told at start. Defaults are Kubernetes' own (KubeletConfiguration v1beta1) unless a comment says otherwise.
/// </summary>
public sealed record KubeletOptions
{
    public required string NodeName { get; init; }

    /// <summary>Pods' volumes and the kubelet's own files. Everything the kubelet mounts lies below it.</summary>
    public required string RootDirectory { get; init; }

    /// <summary>Container logs: DIRECTORY/NAMESPACE_POD_UID/CONTAINER/ATTEMPT.log.</summary>
    public required string LogDirectory { get; init; }

    /// <summary>Cgroup that "kubepods" is made in, relative to each hierarchy's root, e.g. "/orc-lab/node1"; empty for the root itself.</summary>
    public string CgroupRoot { get; init; } = "";

    /// <summary>The node's address, as pods and the API server reach it.</summary>
    public required IPAddress NodeIp { get; init; }

    public IReadOnlyList<IPAddress> ClusterDns { get; init; } = [];
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>The upstream resolv.conf, for pods with dnsPolicy Default and as the tail of ClusterFirst.</summary>
    public string ResolvConfPath { get; init; } = "/etc/resolv.conf";

    /// <summary>Capacity in thousandths of a CPU; null takes the machine's.</summary>
    public long? CpuMillis { get; init; }

    /// <summary>Capacity of memory; null takes the machine's.</summary>
    public long? MemoryBytes { get; init; }

    public int MaxPods { get; init; } = 110;

    /// <summary>Most processes of one pod; negative means no limit.</summary>
    public long PodPidsLimit { get; init; } = -1;

    public IReadOnlyDictionary<string, string> NodeLabels { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<Taint> RegisterWithTaints { get; init; } = [];

    /// <summary>A range for pods that is known beforehand; else the one that the node's spec.podCIDR brings.</summary>
    public string? PodCidr { get; init; }

    /// <summary>Reported as kubeletVersion; the API's version with our own build suffix.</summary>
    public string KubeletVersion { get; init; } = "v1.36.0+orchestrator";

    public TimeSpan NodeLeaseDuration { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>A quarter of the lease's duration, as in Kubernetes.</summary>
    public TimeSpan NodeLeaseRenewInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the node's status is computed.</summary>
    public TimeSpan NodeStatusUpdateFrequency { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often an unchanged status is written all the same.</summary>
    public TimeSpan NodeStatusReportFrequency { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A worker looks at its pod at least this often, in case an event was lost.</summary>
    public TimeSpan SyncFrequency { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan CrashLoopInitialDelay { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan CrashLoopMaximumDelay { get; init; } = TimeSpan.FromMinutes(5);
    public TimeSpan ImagePullInitialDelay { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan ImagePullMaximumDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Pulls under way at once. Kubernetes pulls one image at a time by default; layers are shared work here, so a few help.</summary>
    public int MaxParallelImagePulls { get; init; } = 4;

    public long ContainerLogMaxBytes { get; init; } = 10 * 1024 * 1024;
    public int ContainerLogMaxFiles { get; init; } = 5;
    public TimeSpan ContainerLogCheckInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Sysctls allowed beside the safe ones; a trailing * matches any rest.</summary>
    public IReadOnlyList<string> AllowedUnsafeSysctls { get; init; } = [];

    /// <summary>
    /// Whether secret, projected and downward volumes lie on a tmpfs, and emptyDir's medium Memory is honoured. Needs the right
    /// to mount; off for hollow nodes and unit tests.
    /// </summary>
    public bool UseTmpfs { get; init; } = true;

    /// <summary>Whether the cgroups above pods are made and kept. Off for hollow nodes and unit tests.</summary>
    public bool ManageCgroups { get; init; } = true;

    public KubeletServerOptions? Server { get; init; }

    /// <exception cref="ArgumentException">Names every fault at once.</exception>
    public void Validate()
    {
        var faults = new List<string>();
        if (NodeName.Length == 0)
            faults.Add("NodeName: must not be empty");
        if (!Path.IsPathFullyQualified(RootDirectory))
            faults.Add($"RootDirectory: {RootDirectory} is not an absolute path");
        if (!Path.IsPathFullyQualified(LogDirectory))
            faults.Add($"LogDirectory: {LogDirectory} is not an absolute path");
        if (CgroupRoot.Length > 0 && CgroupRoot[0] != '/')
            faults.Add($"CgroupRoot: {CgroupRoot} must start with /");
        if (MaxPods < 1)
            faults.Add("MaxPods: must be at least 1");
        if (MaxParallelImagePulls < 1)
            faults.Add("MaxParallelImagePulls: must be at least 1");
        if (ContainerLogMaxFiles < 2)
            faults.Add("ContainerLogMaxFiles: must be at least 2");
        if (CpuMillis <= 0 || MemoryBytes <= 0)
            faults.Add("CpuMillis, MemoryBytes: must be above 0");
        if (NodeLeaseRenewInterval >= NodeLeaseDuration)
            faults.Add("NodeLeaseRenewInterval: must be below NodeLeaseDuration");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join("; ", faults));
    }
}

/// <summary>The kubelet's HTTPS server.</summary>
public sealed record KubeletServerOptions
{
    public IPAddress Address { get; init; } = IPAddress.Any;

    /// <summary>0 takes a free port.</summary>
    public int Port { get; init; } = 10250;

    public required X509Certificate2 ServingCertificate { get; init; }

    /// <summary>Authorities whose client certificates are accepted.</summary>
    public required X509Certificate2Collection ClientAuthorities { get; init; }

    /// <summary>User names (certificate common names) that may do everything here: the API server's client identity.</summary>
    public IReadOnlyList<string> Administrators { get; init; } = ["kube-apiserver-kubelet-client"];

    /// <summary>Groups (certificate organizations) that may do everything here.</summary>
    public IReadOnlyList<string> AdministratorGroups { get; init; } = ["system:masters"];
}
