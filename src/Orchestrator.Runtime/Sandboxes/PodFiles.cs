using System.Text;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Sandboxes;

/// <summary>The files that a pod's containers share under /etc: resolv.conf and hostname, and hosts when the caller mounts none.</summary>
internal static class PodFiles
{
    private const string NodeResolver = "/etc/resolv.conf";

    private static readonly string[] Names = ["resolv.conf", "hostname", "hosts"];

    /// <summary>Writes the files into the sandbox's directory.</summary>
    public static void Write(SandboxRecord sandbox)
    {
        var hostname = sandbox.Config.Hostname ?? "";
        File.WriteAllText(PathOf(sandbox, "resolv.conf"), sandbox.Config.Dns is { } dns ? BuildResolver(dns) : ReadNodeResolver());
        File.WriteAllText(PathOf(sandbox, "hostname"), hostname + "\n");
        File.WriteAllText(PathOf(sandbox, "hosts"), BuildHosts(sandbox, hostname));
    }

    /// <summary>The mounts a container gets, but for those it brings itself.</summary>
    public static IEnumerable<Mount> Mounts(SandboxRecord sandbox, ContainerConfig config)
    {
        foreach (var name in Names)
        {
            var target = "/etc/" + name;
            if (config.Mounts.All(mount => mount.ContainerPath != target) && File.Exists(PathOf(sandbox, name)))
                yield return new Mount(PathOf(sandbox, name), target, config.Security.ReadOnlyRootFilesystem);
        }
    }

    /// <summary>The text of resolv.conf(5). Pure.</summary>
    internal static string BuildResolver(DnsConfig dns)
    {
        var text = new StringBuilder();
        if (dns.Searches.Count > 0)
            text.Append("search ").AppendJoin(' ', dns.Searches).Append('\n');
        foreach (var server in dns.Servers)
            text.Append("nameserver ").Append(server).Append('\n');
        if (dns.Options.Count > 0)
            text.Append("options ").AppendJoin(' ', dns.Options).Append('\n');
        return text.ToString();
    }

    private static string ReadNodeResolver() => File.Exists(NodeResolver) ? File.ReadAllText(NodeResolver) : "";

    private static string BuildHosts(SandboxRecord sandbox, string hostname)
    {
        var text = new StringBuilder("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
        foreach (var address in sandbox.Addresses)
            text.Append(address).Append('\t').Append(hostname).Append('\n');
        return text.ToString();
    }

    private static string PathOf(SandboxRecord sandbox, string name) => Path.Combine(sandbox.Directory, name);
}
