using Orchestrator.Cli.Containers;
using Orchestrator.Cli.Processes;
using Orchestrator.Linux.Mounts;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Network.Lab;
using Orchestrator.Proxy;

namespace Orchestrator.Cli.Lab;

/// <summary>Takes a lab off the machine: processes, mounts, links, namespaces, rules, cgroups and run files. State stays unless purged.</summary>
internal sealed class LabStopper(LabPaths paths, LabDefinition lab, TimeProvider time)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>A leader whose peers end with it looks for a successor for seven seconds; killed, it loses nothing either.</summary>
    private static readonly TimeSpan EtcdGrace = TimeSpan.FromSeconds(1);

    public async Task StopAsync(bool purge, CancellationToken cancellationToken)
    {
        var components = new LabComponents(paths, lab);
        // Each before what it talks to in its last moments.
        await StopAllAsync(lab.Nodes.Select(node => components.Node(node.Name)), Grace, cancellationToken);
        await StopAllAsync(lab.Servers.Select(components.ControlPlane), Grace, cancellationToken);
        await StopAllAsync((lab.Etcd ?? []).Select(components.Etcd), EtcdGrace, cancellationToken);
        foreach (var node in lab.Nodes)
            await RemoveNodeTracesAsync(node.Name, cancellationToken);
        await new LabCgroup(paths.Cgroup, time).KillAndRemoveAsync(cancellationToken);
        RemoveHostRules();
        new LabNetwork(paths.NetworkOptions(lab)).Down();
        DeleteTree(paths.Run);
        RemoveIfEmpty(Path.GetDirectoryName(paths.Run)!);
        if (purge)
            Purge();
    }

    /// <summary>Ends everything that runs on a node, as a power cut would, and unmounts what its pods had mounted.</summary>
    public async Task RemoveNodeTracesAsync(string node, CancellationToken cancellationToken)
    {
        await new LabCgroup(paths.NodeCgroup(node), time).KillAndRemoveAsync(cancellationToken);
        MountTable.UnmountBelow(paths.NodeData(node));
        MountTable.UnmountBelow(paths.NodeRun(node));
    }

    private Task StopAllAsync(IEnumerable<ComponentProcess> processes, TimeSpan grace, CancellationToken cancellationToken) =>
        Task.WhenAll(processes.Select(process => process.StopAsync(grace, time, cancellationToken)));

    /// <summary>A control plane that was killed could not take its rules along.</summary>
    private void RemoveHostRules()
    {
        using var nftables = KernelNftables.Open();
        Proxier.RemoveTable(new ProxyOptions { TableName = lab.HostProxyTable }, nftables);
    }

    private void Purge()
    {
        DeleteTree(paths.Root);
        RemoveIfEmpty(paths.Labs);
        // The last lab takes the shared images with it, unless containers outside of labs (orc ctr) need them.
        if (!Directory.Exists(paths.Labs) && !Directory.Exists(new LocalContainerPaths(paths.DataDirectory, "").DataRoot))
            DeleteTree(paths.DataDirectory);
    }

    private static void DeleteTree(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    private static void RemoveIfEmpty(string path)
    {
        if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
            Directory.Delete(path);
    }
}
