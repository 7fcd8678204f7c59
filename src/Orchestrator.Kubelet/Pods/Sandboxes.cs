using System.Globalization;
using System.Net;
using System.Text;
using Orchestrator.Kubelet.Resources;

namespace Orchestrator.Kubelet.Pods;

/// <summary>What a pod's sandbox is asked to be: host name, DNS, namespaces, ports, cgroup.</summary>
internal sealed class Sandboxes(KubeletOptions options, KubeletPaths paths)
{
    /// <summary>Linux' limit on host names.</summary>
    private const int MaxHostnameLength = 63;

    public Cri.PodSandboxConfig ConfigFor(Pod pod, int attempt) => new()
    {
        Metadata = new(pod.Name(), pod.Namespace(), pod.Uid(), attempt),
        Hostname = pod.IsHostNetwork() && pod.Spec?.HostnameOverride is null ? options.NodeName : HostnameOf(pod, options.ClusterDomain),
        LogDirectory = paths.PodLogs(pod),
        Dns = ResolverConfig.For(pod, options),
        PortMappings = PortsOf(pod),
        Labels = RuntimeLabels.ForSandbox(pod),
        Annotations = pod.Metadata.Annotations ?? new Dictionary<string, string>(),
        CgroupParent = paths.PodCgroup(pod),
        Resources = ContainerResources.ForPod(pod, options),
        Sysctls = SysctlsOf(pod),
        Namespaces = NamespacesOf(pod, null),
        RuntimeHandler = pod.Spec?.RuntimeClassName ?? "",
    };

    public static Cri.NamespaceOptions NamespacesOf(Pod pod, string? targetContainerId)
    {
        var spec = pod.Spec;
        var pid = targetContainerId is not null ? Cri.NamespaceMode.Target
            : spec?.HostPID == true ? Cri.NamespaceMode.Node
            : spec?.ShareProcessNamespace == true ? Cri.NamespaceMode.Pod : Cri.NamespaceMode.Container;
        return new(
            Network: spec?.HostNetwork == true ? Cri.NamespaceMode.Node : Cri.NamespaceMode.Pod,
            Pid: pid,
            Ipc: spec?.HostIPC == true ? Cri.NamespaceMode.Node : Cri.NamespaceMode.Pod,
            TargetContainerId: targetContainerId,
            UserNamespace: spec?.HostUsers == false);
    }

    public static string HostnameOf(Pod pod, string clusterDomain)
    {
        if (pod.Spec?.HostnameOverride is { Length: > 0 } overridden)
            return overridden;
        var hostname = ShortHostnameOf(pod);
        return pod.Spec?.SetHostnameAsFQDN == true && FullHostnameOf(pod, clusterDomain) is { } full ? full : hostname;
    }

    /// <summary>host.subdomain.namespace.svc.domain, for pods that name a subdomain.</summary>
    public static string? FullHostnameOf(Pod pod, string clusterDomain) =>
        pod.Spec?.Subdomain is { Length: > 0 } subdomain ? $"{ShortHostnameOf(pod)}.{subdomain}.{pod.Namespace()}.svc.{clusterDomain}" : null;

    public static string ShortHostnameOf(Pod pod)
    {
        var name = pod.Spec?.Hostname is { Length: > 0 } given ? given : pod.Name();
        return name.Length <= MaxHostnameLength ? name : name[..MaxHostnameLength].TrimEnd('-', '.');
    }

    /// <summary>The content of /etc/hosts for a pod with these addresses.</summary>
    public string HostsFile(Pod pod, IReadOnlyList<string> podIps)
    {
        var result = new StringBuilder();
        if (pod.IsHostNetwork())
            result.Append(ReadHostsOfNode());
        else
        {
            result.Append("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
                + "fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n");
            var names = FullHostnameOf(pod, options.ClusterDomain) is { } full ? $"{full}\t{ShortHostnameOf(pod)}" : ShortHostnameOf(pod);
            foreach (var ip in podIps)
                result.Append(CultureInfo.InvariantCulture, $"{ip}\t{names}\n");
        }

        if (pod.Spec?.HostAliases is { Count: > 0 } aliases)
        {
            result.Append("\n# Entries added by HostAliases.\n");
            foreach (var alias in aliases)
                result.Append(CultureInfo.InvariantCulture, $"{alias.Ip}\t{string.Join('\t', alias.Hostnames ?? [])}\n");
        }

        return result.ToString();
    }

    private static string ReadHostsOfNode()
    {
        const string path = "/etc/hosts";
        return File.Exists(path) ? $"# Kubernetes-managed hosts file (host network).\n{File.ReadAllText(path)}" : "127.0.0.1\tlocalhost\n";
    }

    private static List<Cri.PortMapping> PortsOf(Pod pod)
    {
        var result = new List<Cri.PortMapping>();
        if (pod.IsHostNetwork())
            return result;
        foreach (var container in pod.AllContainersOf())
        {
            foreach (var port in container.Spec.Ports ?? [])
            {
                if (port.HostPort is > 0)
                    result.Add(new(port.Protocol ?? "TCP", port.Port ?? 0, port.HostPort.Value, IsAny(port.HostIP) ? null : port.HostIP));
            }
        }

        return result;
    }

    private static bool IsAny(string? hostIp) => hostIp is null or "" || (IPAddress.TryParse(hostIp, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));

    private static Dictionary<string, string> SysctlsOf(Pod pod) =>
        // Slashes and dots are both in use as separators.
        (pod.Spec?.SecurityContext?.Sysctls ?? []).ToDictionary(sysctl => sysctl.Name!.Replace('/', '.'), sysctl => sysctl.Value ?? "", StringComparer.Ordinal);
}
