
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
        CheckMachine(shimPath, "/");
    }

    /// <param name="root">Where the machine's file system begins; another place in tests.</param>
    internal static void CheckMachine(string shimPath, string root)
    {
        if (!File.Exists(shimPath))
            throw new UserException($"{shimPath} is missing: run 'make build', which builds it beside orc");
        RequireFile(root, "proc/self/ns/net", "network namespaces", "use a kernel with CONFIG_NET_NS");
        RequireFile(root, "proc/self/ns/pid", "pid namespaces", "use a kernel with CONFIG_PID_NS");
        if (!File.ReadAllText(Path.Combine(root, "proc/filesystems")).Contains("\toverlay"))
            throw new UserException("this kernel has no overlay filesystem: load it with 'modprobe overlay'");
        RequireCgroups(Path.Combine(root, "sys/fs/cgroup"));
        RequireFile(root, "proc/sys/net/ipv4/ip_forward", "IPv4 forwarding", "mount /proc/sys writable");
    }

    /// <summary>Makes a directory if need be, and sees that files can be made in it.</summary>
    /// <param name="option">What the user can give to choose another place.</param>
    /// <exception cref="UserException">It cannot be made, or not be written.</exception>
    public static void RequireWritable(string directory, string option)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var probe = Path.Combine(directory, $".orc-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"nothing can be written in {directory} ({exception.Message}): choose another place with {option}");
        }
    }

    private static void RequireFile(string root, string path, string feature, string advice)
    {
        if (!Path.Exists(Path.Combine(root, path)))
            throw new UserException($"this machine lacks {feature} (/{path}): {advice}");
    }

    private static void RequireCgroups(string cgroups)
    {
        var controllers = Path.Combine(cgroups, "cgroup.controllers");
        if (File.Exists(controllers))
        {
            var available = File.ReadAllText(controllers).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            if (CgroupControllers.FirstOrDefault(controller => !available.Contains(controller)) is { } missing)
                throw new UserException($"the cgroup v2 controller '{missing}' is not available: enable it with the kernel option cgroup_enable={missing}");
            return;
        }

        if (CgroupControllers.FirstOrDefault(controller => !Directory.Exists(Path.Combine(cgroups, controller))) is { } absent)
            throw new UserException($"the cgroup controller '{absent}' is not mounted under /sys/fs/cgroup: mount cgroup2 there, or the v1 controllers");
    }
}
