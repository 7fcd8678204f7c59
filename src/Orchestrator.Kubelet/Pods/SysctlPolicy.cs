namespace Orchestrator.Kubelet.Pods;

/// <summary>Which sysctls a pod may set: those that are namespaced and harmless, and what the node's owner allows beside them.</summary>
internal static class SysctlPolicy
{
    private static readonly string[] Safe =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    /// <returns>The first sysctl that is not allowed; null when all are.</returns>
    public static string? FindForbidden(Pod pod, IReadOnlyList<string> allowed)
    {
        foreach (var sysctl in pod.Spec?.SecurityContext?.Sysctls ?? [])
        {
            var name = sysctl.Name!.Replace('/', '.');
            var isHostNamespace = (name.StartsWith("net.", StringComparison.Ordinal) && pod.IsHostNetwork())
                || (name.StartsWith("kernel.", StringComparison.Ordinal) && pod.Spec?.HostIPC == true);
            var isAllowed = Safe.Contains(name) || allowed.Any(pattern => Matches(pattern, name));
            if (!isAllowed || isHostNamespace)
                return sysctl.Name;
        }

        return null;
    }

    private static bool Matches(string pattern, string name) =>
        pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == name;
}
