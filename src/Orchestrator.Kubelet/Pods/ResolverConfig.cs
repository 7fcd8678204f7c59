using System.Net;

namespace Orchestrator.Kubelet.Pods;

/// <summary>A pod's resolv.conf, from its dnsPolicy, its dnsConfig, the cluster's DNS and the node's resolv.conf.</summary>
internal static class ResolverConfig
{
    /// <summary>glibc and others read no more name servers than this.</summary>
    private const int MaxServers = 3;
    private const int MaxSearches = 32;
    private const int MaxSearchLength = 2048;

    public static Cri.DnsConfig For(Pod pod, KubeletOptions options)
    {
        var policy = pod.Spec?.DnsPolicy ?? "ClusterFirst";
        // On the host's network the cluster's DNS is used only when asked for by name.
        if (policy == "ClusterFirst" && pod.IsHostNetwork())
            policy = "Default";
        if (policy is "ClusterFirst" or "ClusterFirstWithHostNet" && options.ClusterDns.Count == 0)
            policy = "Default";
        var basis = policy switch
        {
            "None" => new Cri.DnsConfig([], [], []),
            "Default" => ReadFile(options.ResolvConfPath),
            _ => ClusterFirst(pod, options),
        };
        return pod.Spec?.DnsConfig is { } own ? Merge(basis, own) : basis;
    }

    /// <summary>Reads what resolv.conf(5) describes; unknown lines are skipped.</summary>
    internal static Cri.DnsConfig Parse(string text)
    {
        var servers = new List<string>();
        var options = new List<string>();
        IReadOnlyList<string> searches = [];
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2)
                continue;
            if (words[0] == "nameserver" && IPAddress.TryParse(words[1], out _))
                servers.Add(words[1]);
            else if (words[0] is "search" or "domain")
                searches = words[1..];
            else if (words[0] == "options")
                options.AddRange(words[1..]);
        }

        return new([.. servers.Take(MaxServers)], searches, options);
    }

    private static Cri.DnsConfig ClusterFirst(Pod pod, KubeletOptions options)
    {
        var domain = options.ClusterDomain;
        string[] searches = [$"{pod.Namespace()}.svc.{domain}", $"svc.{domain}", domain, .. ReadFile(options.ResolvConfPath).Searches];
        return new([.. options.ClusterDns.Select(address => address.ToString())], Limit(searches), ["ndots:5"]);
    }

    private static Cri.DnsConfig Merge(Cri.DnsConfig basis, PodDNSConfig own)
    {
        var options = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in basis.Options)
            options[option.Split(':')[0]] = option;
        foreach (var option in own.Options ?? [])
            options[option.Name!] = option.Value is { Length: > 0 } value ? $"{option.Name}:{value}" : option.Name!;
        return new(
            [.. basis.Servers.Concat(own.Nameservers ?? []).Distinct().Take(MaxServers)],
            Limit([.. basis.Searches.Concat(own.Searches ?? []).Distinct()]),
            [.. options.Values]);
    }

    private static List<string> Limit(IReadOnlyList<string> searches)
    {
        var result = new List<string>();
        var length = 0;
        foreach (var search in searches)
        {
            length += search.Length + 1;
            if (result.Count == MaxSearches || length > MaxSearchLength)
                break;
            result.Add(search);
        }

        return result;
    }

    private static Cri.DnsConfig ReadFile(string path) => File.Exists(path) ? Parse(File.ReadAllText(path)) : new([], [], []);
}
