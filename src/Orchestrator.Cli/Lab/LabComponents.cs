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

    /// <summary>How long a scheduler's or controller manager's Lease lasts among several: the next one works this long after a kill.</summary>
    private const string LeaderLeaseDuration = "6s";

    public ComponentProcess ControlPlane(LabServer server) => new(server.Name, paths.PidFile(server.Name));

    /// <summary>A member of the lab's own store.</summary>
    public ComponentProcess Etcd(LabEtcdMember member) => new(member.Name, paths.PidFile(member.Name));

    public ComponentProcess Node(string node) => new(node, paths.PidFile(node));

    public ComponentStart ControlPlaneStart(LabServer server, string notifySocket)
    {
        List<string> arguments =
        [
            "control-plane",
            "--name", server.Name,
            "--store", lab.StoreAddress,
            .. StoreAccess(),
            .. History(),
            "--data-dir", paths.Store,
            "--pki-dir", paths.Pki,
            "--advertise-address", server.Address,
            "--service-cidr", lab.ServiceCidr,
            "--cluster-cidr", lab.PodCidr,
            "--cluster-dns", lab.DnsAddress,
            "--host-proxy-table", lab.HostProxyTable,
            "--node-monitor-grace-period", NodeMonitorGracePeriod,
            "--default-toleration-seconds", DefaultTolerationSeconds,
        ];
        // Its own address first: that is the one by which its own controllers reach it.
        string[] addresses = lab.HasSeveralServers ? [server.Address, "127.0.0.1", lab.HostAddress] : ["127.0.0.1", lab.HostAddress];
        foreach (var address in addresses)
            arguments.AddRange(["--listen", $"{address}:{lab.ApiServerPort}"]);
        if (lab.HasSeveralServers)
            arguments.AddRange(["--share-port", "--leader-lease-duration", LeaderLeaseDuration]);
        return new(arguments, paths.LogFile(server.Name), paths.PidFile(server.Name), notifySocket);
    }

    private IEnumerable<string> StoreAccess()
    {
        var access = lab.Etcd is null ? lab.StoreAccess : new LabEtcdPki(paths).Access;
        (string Option, string? Value)[] options =
        [
            ("--etcd-cafile", access?.CaFile), ("--etcd-certfile", access?.CertificateFile), ("--etcd-keyfile", access?.KeyFile),
            ("--etcd-user", access?.User), ("--etcd-password-file", access?.PasswordFile),
        ];
        return Given(options);
    }

    private IEnumerable<string> History() => Given(("--history-age", lab.History?.Age), ("--history-size", lab.History?.Size));

    private static IEnumerable<string> Given(params (string Option, string? Value)[] options) =>
        options.Where(option => option.Value is not null).SelectMany(option => (string[])[option.Option, option.Value!]);

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
