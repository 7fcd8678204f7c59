using System.Net;
using Orchestrator.Cli.Components;
using Orchestrator.Cli.Processes;
using Orchestrator.Client.Configuration;
using Orchestrator.Client.Pki;
using Orchestrator.Network.Lab;

namespace Orchestrator.Cli.Lab;

/// <summary>
/// Brings up what of a lab is not running: certificates, network, store, then control plane and node agents all at once. Running
/// parts are left alone, so it also resumes a lab after a reboot and restarts what was killed.
/// </summary>
internal sealed class LabStarter(LabPaths paths, LabDefinition lab, string program, TimeProvider time, Action<string> progress)
{
    /// <param name="only">Names of the components to start; null means all.</param>
    /// <exception cref="UserException">A component failed or was not ready within <paramref name="wait"/>.</exception>
    public async Task StartAsync(IReadOnlySet<string>? only, TimeSpan wait, CancellationToken cancellationToken)
    {
        foreach (var directory in (string[])[paths.Logs, paths.Run, paths.Store, paths.Images])
            Directory.CreateDirectory(directory);
        var components = new LabComponents(paths, lab);
        LabConflicts.Check(lab, serversRun: lab.Servers.Any(server => components.ControlPlane(server).IsRunning));
        WriteCredentials();
        var network = new LabNetwork(paths.NetworkOptions(lab));
        network.Up([.. lab.Nodes.Select(node => new LabNode(node.Name, IPAddress.Parse(node.Address), IPNetwork.Parse(node.PodCidr)))]);
        progress("network up");

        if (lab.Etcd is { } members && only is null)
            await new LabEtcd(paths, members, time).StartAsync(wait, progress, cancellationToken);

        using var listener = new ReadyListener(paths.NotifySocket);
        var launcher = new ProcessLauncher(program);
        var started = new List<ComponentProcess>();
        foreach (var server in lab.Servers)
            Launch(components.ControlPlane(server), () => launcher.Start(components.ControlPlaneStart(server, listener.Path), null));
        foreach (var node in lab.Nodes)
        {
            var namespacePath = network.NamespacePathOf(node.Name);
            Launch(components.Node(node.Name), () => launcher.Start(components.NodeStart(node, listener.Path), namespacePath));
        }

        await new LabReadiness(paths, listener, time).WaitAsync(started, wait, progress, cancellationToken);

        void Launch(ComponentProcess component, Action start)
        {
            if (component.IsRunning || only?.Contains(component.Name) == false)
                return;
            start();
            started.Add(component);
        }
    }

    private void WriteCredentials()
    {
        using var pki = new ClusterPki(paths.Pki, time);
        if (lab.HasSeveralServers)
            IssueForServers(pki);
        var hostUrl = $"https://{lab.HostAddress}:{lab.ApiServerPort}";
        foreach (var node in lab.Nodes)
        {
            pki.NodeServing(node.Name, IPAddress.Parse(node.Address));
            WriteContext(paths.NodeKubeconfig(node.Name), hostUrl, pki, pki.Node(node.Name));
        }

        WriteContext(paths.AdminKubeconfig, lab.ServerUrl, pki, pki.Admin());
        WriteContext(lab.Kubeconfig, lab.ServerUrl, pki, pki.Admin());
    }

    /// <summary>Servers issue for themselves what they lack; several that start at once would do so over each other.</summary>
    private void IssueForServers(ClusterPki pki)
    {
        pki.ApiServerServing([.. lab.Servers.Select(server => IPAddress.Parse(server.Address)).Concat(ApiServerComponent.CommonAddresses(IPNetwork.Parse(lab.ServiceCidr))),
            IPAddress.Parse(lab.HostAddress)]);
        pki.KubeletClient();
        pki.Scheduler();
        pki.ControllerManager();
        pki.Proxy();
    }

    private void WriteContext(string path, string server, ClusterPki pki, KeyPair user)
    {
        var file = KubeconfigFile.Load(path);
        file.SetCluster(lab.ContextName, new Uri(server), pki.Authority.CertificatePem);
        file.SetUser(lab.ContextName, user.CertificatePem, user.PrivateKeyPem);
        file.SetContext(lab.ContextName, lab.ContextName, lab.ContextName);
        file.CurrentContext = lab.ContextName;
        file.Save();
    }
}
