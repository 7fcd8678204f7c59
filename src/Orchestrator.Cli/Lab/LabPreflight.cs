
namespace Orchestrator.Cli.Lab;

/// <summary>Says in one line what this machine lacks to run a lab, before anything is changed.</summary>
internal static class LabPreflight
{
    private static readonly string[] CgroupControllers = ["cpu", "memory", "pids"];

    /// <exception cref="UserException">Naming the first thing that is missing and what to do about it.</exception>
    public static void Check(string shimPath)
    {
        if (Environment.UserName != "root" && !Environment.IsPrivilegedProcess)
            throw new UserException("a lab makes namespaces, cgroups and nftables rules, which needs root: run it with sudo");
        if (!File.Exists(shimPath))
            throw new UserException($"{shimPath} is missing: run 'make build', which builds it beside orc");
        RequireFile("/proc/self/ns/net", "network namespaces", "use a kernel with CONFIG_NET_NS");
        RequireFile("/proc/self/ns/pid", "pid namespaces", "use a kernel with CONFIG_PID_NS");
        if (!File.ReadAllText("/proc/filesystems").Contains("\toverlay"))
            throw new UserException("this kernel has no overlay filesystem: load it with 'modprobe overlay'");
        RequireCgroups();
        RequireFile("/proc/sys/net/ipv4/ip_forward", "IPv4 forwarding", "mount /proc/sys writable");
    }

    private static void RequireFile(string path, string feature, string advice)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new UserException($"this machine lacks {feature} ({path}): {advice}");
    }

    private static void RequireCgroups()
    {
        if (File.Exists("/sys/fs/cgroup/cgroup.controllers"))
        {
            var available = File.ReadAllText("/sys/fs/cgroup/cgroup.controllers").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            if (CgroupControllers.FirstOrDefault(controller => !available.Contains(controller)) is { } missing)
                throw new UserException($"the cgroup v2 controller '{missing}' is not available: enable it with the kernel option cgroup_enable={missing}");
            return;
        }

        if (CgroupControllers.FirstOrDefault(controller => !Directory.Exists($"/sys/fs/cgroup/{controller}")) is { } absent)
            throw new UserException($"the cgroup controller '{absent}' is not mounted under /sys/fs/cgroup: mount cgroup2 there, or the v1 controllers");
    }
}
