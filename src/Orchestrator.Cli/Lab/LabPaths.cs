using System.Net;
using Orchestrator.Network.Lab;

namespace Orchestrator.Cli.Lab;

/// <summary>Where a lab keeps its files. What must survive a reboot is under the data directory, the rest under /run.</summary>
internal sealed record LabPaths(string DataDirectory, string Lab)
{
    public const string DefaultDataDirectory = "/var/lib/orchestrator";

    /// <summary>Names of the labs that exist under a data directory, running or not.</summary>
    public static IReadOnlyList<string> LabsIn(string dataDirectory)
    {
        var labs = new DirectoryInfo(new LabPaths(dataDirectory, "").Labs);
        return labs.Exists
            ? [.. labs.EnumerateDirectories().Select(lab => lab.Name).Where(lab => File.Exists(new LabPaths(dataDirectory, lab).DefinitionFile)).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>Images and unpacked layers, shared by all labs and nodes of the machine.</summary>
    public string Images => Path.Combine(DataDirectory, "images");

    public string Labs => Path.Combine(DataDirectory, "labs");

    public string Root => Path.Combine(Labs, Lab);

    public string DefinitionFile => Path.Combine(Root, "lab.json");

    public string Pki => Path.Combine(Root, "pki");

    public string Store => Path.Combine(Root, "store");

    /// <summary>Certificates of the etcd that the lab keeps for itself, and their authority: not the cluster's, whose clients have no business there.</summary>
    public string EtcdPki => Path.Combine(Pki, "etcd");

    /// <summary>Data of a member of that etcd.</summary>
    public string EtcdData(string member) => Path.Combine(Root, "etcd", member);

    public string Logs => Path.Combine(Root, "logs");

    public string AdminKubeconfig => Path.Combine(Root, "admin.kubeconfig");

    public string Run => Path.Combine("/run/orchestrator", Lab);

    public string NotifySocket => Path.Combine(Run, $"ready-{Environment.ProcessId}.sock");

    public string LogFile(string component) => Path.Combine(Logs, component + ".log");

    public string PidFile(string component) => Path.Combine(Run, component + ".pid");

    /// <summary>The node agent's own state: volumes, runtime records, address leases.</summary>
    public string NodeData(string node) => Path.Combine(Root, "nodes", node);

    public string NodeRun(string node) => Path.Combine(Run, node);

    public string NodeKubeconfig(string node) => Path.Combine(Pki, $"node-{node}.kubeconfig");

    public string NodeServingCertificate(string node) => Path.Combine(Pki, $"node-{node}-serving.pem");

    /// <summary>Cgroup of the whole lab, relative to each hierarchy's root.</summary>
    public string Cgroup => $"orc-{Lab}";

    public LabNetworkOptions NetworkOptions(LabDefinition lab) => new(Lab, lab.Ranges, Root)
    {
        FurtherHostAddresses = [.. lab.Servers.Where(server => server.Address != lab.HostAddress).Select(server => IPAddress.Parse(server.Address))],
    };

    public string NodeCgroup(string node) => $"{Cgroup}/{node}";
}
