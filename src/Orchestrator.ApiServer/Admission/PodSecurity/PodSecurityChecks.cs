using Orchestrator.Api.Core.V1;

namespace Orchestrator.ApiServer.Admission.PodSecurity;

/// <summary>
/// The Pod Security Standards, "baseline" and "restricted". Each fault reads as in Kubernetes:
/// what is wrong (which containers must set what). Pure.
/// </summary>
/// <remarks>Source: Kubernetes documentation, "Pod Security Standards".</remarks>
internal static class PodSecurityChecks
{
    private static readonly HashSet<string> BaselineCapabilities =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID",
        "SYS_CHROOT",
    ];

    private static readonly HashSet<string> SafeSysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    public static List<string> Baseline(PodSpec spec)
    {
        var faults = new List<string>();
        var containers = SecuredContainer.Of(spec);
        var namespaces = ((bool?, string)[])[(spec.HostNetwork, "hostNetwork=true"), (spec.HostPID, "hostPID=true"), (spec.HostIPC, "hostIPC=true")];
        var shared = namespaces.Where(one => one.Item1 == true).Select(one => one.Item2).ToList();
        if (shared.Count > 0)
            faults.Add($"host namespaces ({string.Join(", ", shared)})");
        AddContainers(faults, "privileged", containers, one => one.Security?.Privileged == true, "must not set securityContext.privileged=true");
        AddContainers(faults, "non-default capabilities", containers,
            one => one.Security?.Capabilities?.Add?.Any(capability => !BaselineCapabilities.Contains(capability)) == true,
            $"must not include {Quoted(containers.SelectMany(one => one.Security?.Capabilities?.Add ?? []).Where(one => !BaselineCapabilities.Contains(one)))} in securityContext.capabilities.add");
        var hostPaths = (spec.Volumes ?? []).Where(volume => volume.HostPath is not null).Select(volume => volume.Name).ToList();
        if (hostPaths.Count > 0)
            faults.Add($"hostPath volumes ({(hostPaths.Count == 1 ? "volume" : "volumes")} {Quoted(hostPaths)})");
        AddContainers(faults, "hostPort", containers, one => one.Ports?.Any(port => port.HostPort is > 0) == true,
            $"uses {(containers.SelectMany(one => one.Ports ?? []).Count(port => port.HostPort is > 0) == 1 ? "hostPort" : "hostPorts")} {string.Join(", ", containers.SelectMany(one => one.Ports ?? []).Where(port => port.HostPort is > 0).Select(port => port.HostPort).Distinct().Order())}");
        AddContainers(faults, "procMount", containers, one => one.Security?.ProcMount is { } mount && mount != "Default", "must not set securityContext.procMount to \"Unmasked\"");
        AddProfiles(faults, "seccompProfile", spec.SecurityContext?.SeccompProfile?.Type, containers, one => one.Security?.SeccompProfile?.Type);
        AddProfiles(faults, "forbidden AppArmor profile", spec.SecurityContext?.AppArmorProfile?.Type, containers, one => one.Security?.AppArmorProfile?.Type);
        var sysctls = (spec.SecurityContext?.Sysctls ?? []).Where(one => !SafeSysctls.Contains((one.Name ?? "").Replace('/', '.'))).Select(one => one.Name).ToList();
        if (sysctls.Count > 0)
            faults.Add($"forbidden sysctls ({string.Join(", ", sysctls)})");
        return faults;
    }

    public static List<string> Restricted(PodSpec spec)
    {
        var faults = Baseline(spec);
        var containers = SecuredContainer.Of(spec);
        AddContainers(faults, "allowPrivilegeEscalation != false", containers, one => one.Security?.AllowPrivilegeEscalation != false,
            "must set securityContext.allowPrivilegeEscalation=false");
        AddContainers(faults, "unrestricted capabilities", containers,
            one => one.Security?.Capabilities?.Drop?.Contains("ALL") != true || one.Security?.Capabilities?.Add?.Any(added => added != "NET_BIND_SERVICE") == true,
            "must set securityContext.capabilities.drop=[\"ALL\"]");
        var volumes = (spec.Volumes ?? []).Where(volume => !IsRestrictedVolume(volume)).Select(volume => volume.Name).ToList();
        if (volumes.Count > 0)
            faults.Add($"restricted volume types ({(volumes.Count == 1 ? "volume" : "volumes")} {Quoted(volumes)} {(volumes.Count == 1 ? "uses" : "use")} restricted volume type)");
        if (spec.SecurityContext?.RunAsNonRoot != true)
        {
            var open = containers.Where(one => one.Security?.RunAsNonRoot != true).ToList();
            if (open.Count > 0 || spec.SecurityContext?.RunAsNonRoot == false)
                faults.Add($"runAsNonRoot != true (pod or {Names(open.Count > 0 ? open : containers)} must set securityContext.runAsNonRoot=true)");
        }

        if (spec.SecurityContext?.RunAsUser == 0)
            faults.Add("runAsUser=0 (pod must not set runAsUser=0)");
        AddContainers(faults, "runAsUser=0", containers, one => one.Security?.RunAsUser == 0, "must not set runAsUser=0");
        if (spec.SecurityContext?.SeccompProfile?.Type is null)
        {
            var open = containers.Where(one => one.Security?.SeccompProfile?.Type is null).ToList();
            if (open.Count > 0)
                faults.Add($"seccompProfile (pod or {Names(open)} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")");
        }

        return faults;
    }

    private static bool IsRestrictedVolume(Volume volume) =>
        volume.ConfigMap is not null || volume.Csi is not null || volume.DownwardAPI is not null || volume.EmptyDir is not null || volume.Ephemeral is not null
        || volume.PersistentVolumeClaim is not null || volume.Projected is not null || volume.Secret is not null || volume.Image is not null;

    private static void AddProfiles(
        List<string> faults, string title, string? podType, IReadOnlyList<SecuredContainer> containers, Func<SecuredContainer, string?> typeOf)
    {
        const string fault = "must not set securityContext.{0}.type to \"Unconfined\"";
        var field = title == "seccompProfile" ? "seccompProfile" : "appArmorProfile";
        if (podType == "Unconfined")
            faults.Add($"{title} (pod {string.Format(System.Globalization.CultureInfo.InvariantCulture, fault, field)})");
        AddContainers(faults, title, containers, one => typeOf(one) == "Unconfined", string.Format(System.Globalization.CultureInfo.InvariantCulture, fault, field));
    }

    private static void AddContainers(
        List<string> faults, string title, IReadOnlyList<SecuredContainer> containers, Func<SecuredContainer, bool> isBad, string what)
    {
        var bad = containers.Where(isBad).ToList();
        if (bad.Count > 0)
            faults.Add($"{title} ({Names(bad)} {what})");
    }

    private static string Names(IReadOnlyList<SecuredContainer> containers) =>
        $"{(containers.Count == 1 ? "container" : "containers")} {Quoted(containers.Select(one => one.Name))}";

    private static string Quoted(IEnumerable<string?> names) => string.Join(", ", names.Distinct().Select(name => $"\"{name}\""));

    /// <summary>What the standards look at, the same of every sort of container.</summary>
    private sealed record SecuredContainer(string? Name, SecurityContext? Security, IReadOnlyList<ContainerPort>? Ports)
    {
        public static IReadOnlyList<SecuredContainer> Of(PodSpec spec) =>
        [
            .. (spec.InitContainers ?? []).Select(one => new SecuredContainer(one.Name, one.SecurityContext, one.Ports)),
            .. (spec.Containers ?? []).Select(one => new SecuredContainer(one.Name, one.SecurityContext, one.Ports)),
            .. (spec.EphemeralContainers ?? []).Select(one => new SecuredContainer(one.Name, one.SecurityContext, one.Ports)),
        ];
    }
}
