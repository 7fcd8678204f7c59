using System.Text;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Procfs;

namespace Orchestrator.Linux.Cgroups;

/// <summary>Where this machine's cgroup hierarchies are mounted: all in one (v2), or one per controller (v1, hybrid).</summary>
/// <param name="UnifiedMount">The v2 hierarchy, or null.</param>
/// <param name="ControllerMounts">v1 controllers and their hierarchies; empty on a v2 machine.</param>
public sealed record CgroupLayout(string? UnifiedMount, IReadOnlyDictionary<string, string> ControllerMounts)
{
    private static readonly string[] KnownControllers = ["cpu", "cpuacct", "cpuset", "memory", "pids", "devices", "freezer", "blkio"];

    /// <summary>Whether limits go through v2. On a hybrid machine the v1 controllers hold them.</summary>
    public bool IsUnified => ControllerMounts.Count == 0 && UnifiedMount is not null;

    public static CgroupLayout Detect() =>
        Parse(Encoding.UTF8.GetString(FileCalls.TryReadAll("/proc/self/mountinfo", 16 << 20) ?? []));

    public static CgroupLayout Parse(string mountInfo)
    {
        string? unified = null;
        var controllers = new Dictionary<string, string>();
        foreach (var mount in MountInfo.Parse(mountInfo))
        {
            if (mount.FilesystemType == "cgroup2")
                unified ??= mount.MountPoint;
            if (mount.FilesystemType != "cgroup")
                continue;
            foreach (var option in mount.SuperOptions.Split(','))
            {
                if (Array.IndexOf(KnownControllers, option) >= 0)
                    controllers.TryAdd(option, mount.MountPoint);
            }
        }

        return new CgroupLayout(unified, controllers);
    }
}
