using System.Globalization;
using Orchestrator.Cli.Processes;

namespace Orchestrator.Cli.Lab;

/// <summary>The processes of a lab and the command lines they are started with.</summary>
internal sealed class LabComponents(LabPaths paths, LabDefinition lab)
{
    public const string ControlPlaneName = "control-plane";
    public const string EtcdName = "etcd";

    // A lab is watched while things are killed in it, so it notices a dead node in seconds, where Kubernetes' defaults (10 s, 40 s and
    // 300 s) suit machines that are far apart.
    private const string LeaseRenewInterval = "2s";
    private const string NodeMonitorGracePeriod = "8s";
    private const string DefaultTolerationSeconds = "5";

    public ComponentProcess ControlPlane => new(ControlPlaneName, paths.PidFile(ControlPlaneName));

    /// <summary>The lab's own store; null when it has none.</summary>
    public ComponentProcess? Etcd => lab.Etcd is null ? null : new(EtcdName, paths.PidFile(EtcdName));

    public ComponentProcess Node(string node) => new(node, paths.PidFile(node));

    public ComponentStart ControlPlaneStart(string notifySocket) => new(
        [
            "control-plane",
            "--store", lab.StoreAddress,
            "--data-dir", paths.Store,
            "--pki-dir", paths.Pki,
            "--listen", $"127.0.0.1:{lab.ApiServerPort}",
            "--listen", $"{lab.HostAddress}:{lab.ApiServerPort}",
            "--advertise-address", lab.HostAddress,
            "--service-cidr", lab.ServiceCidr,
            "--cluster-cidr", lab.PodCidr,
            "--cluster-dns", lab.DnsAddress,
            "--host-proxy-table", lab.HostProxyTable,
            "--node-monitor-grace-period", NodeMonitorGracePeriod,
            "--default-toleration-seconds", DefaultTolerationSeconds,
        ],
        paths.LogFile(ControlPlaneName), paths.PidFile(ControlPlaneName), notifySocket);

    public ComponentStart NodeStart(LabNodeDefinition node, string notifySocket)
    {
        List<string> arguments =
        [
            "node",
            "--name", node.Name,
            "--kubeconfig", paths.NodeKubeconfig(node.Name),
            "--address", node.Address,
            "--pod-cidr", node.PodCidr,
            "--cluster-cidr", lab.PodCidr,
            "--service-cidr", lab.ServiceCidr,
            "--cluster-dns", lab.DnsAddress,
            "--data-dir", paths.NodeData(node.Name),
            "--run-dir", paths.NodeRun(node.Name),
            "--image-dir", paths.Images,
            "--pki-dir", paths.Pki,
            "--cgroup", paths.NodeCgroup(node.Name),
            "--lease-renew-interval", LeaseRenewInterval,
            "--label", $"lab.orc.dev/name={lab.Name}",
        ];
        if (node.Cpus is { } cpus)
            arguments.AddRange(["--cpu", cpus.ToString(CultureInfo.InvariantCulture)]);
        if (node.MemoryBytes is { } bytes)
            arguments.AddRange(["--memory", bytes.ToString(CultureInfo.InvariantCulture)]);
        return new(arguments, paths.LogFile(node.Name), paths.PidFile(node.Name), notifySocket);
    }
}
