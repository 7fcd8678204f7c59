using System.Net;
using Orchestrator.Client.Pki;

namespace Orchestrator.Cli.Components;

/// <summary>
/// Every certificate of a cluster, kept in one directory and renewed when it is asked for and near its end. The names and groups
/// are the ones Kubernetes' authorizers know.
/// </summary>
internal sealed class ClusterPki : IDisposable
{
    private const string ClusterDomain = "cluster.local";

    private readonly string directory;

    public ClusterPki(string directory, TimeProvider time)
    {
        this.directory = directory;
        Authority = CertificateAuthority.LoadOrCreate(directory, "ca", "orchestrator-ca", time);
    }

    public CertificateAuthority Authority { get; }

    public string Directory => directory;

    /// <summary>What people use: all rights.</summary>
    public KeyPair Admin() => Client("admin", "kubernetes-admin", "system:masters");

    /// <summary>What the API server shows to kubelets.</summary>
    public KeyPair KubeletClient() => Client("apiserver-kubelet-client", "kube-apiserver-kubelet-client", "system:masters");

    public KeyPair Scheduler() => Client("scheduler", "system:kube-scheduler");

    public KeyPair ControllerManager() => Client("controller-manager", "system:kube-controller-manager");

    public KeyPair Proxy() => Client("proxy", "system:kube-proxy", "system:node-proxier");

    public KeyPair Node(string node) => Client($"node-{node}", $"system:node:{node}", "system:nodes");

    public KeyPair NodeServing(string node, IPAddress address) =>
        Authority.LoadOrIssue(directory, $"node-{node}-serving", CertificateProfile.Serving($"system:node:{node}", [node], [address]));

    /// <param name="addresses">Every address clients may reach the server at.</param>
    public KeyPair ApiServerServing(IReadOnlyList<IPAddress> addresses) =>
        Authority.LoadOrIssue(directory, "apiserver", CertificateProfile.Serving(
            "kube-apiserver",
            ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", $"kubernetes.default.svc.{ClusterDomain}"],
            addresses));

    public void Dispose() => Authority.Dispose();

    private KeyPair Client(string name, string user, params string[] groups) =>
        Authority.LoadOrIssue(directory, name, CertificateProfile.Client(user, groups));
}
