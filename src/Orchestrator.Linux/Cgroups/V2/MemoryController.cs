using System.Globalization;

namespace Orchestrator.Linux.Cgroups.V2;

/// <summary>memory.max, memory.swap.max, memory.oom.group, memory.stat and memory.events.</summary>
internal static class MemoryController
{
    public const string OomFile = "memory.events";

    public static void Apply(string directory, CgroupLimits limits)
    {
        if (limits.MemoryLimitBytes is not { } limit)
            return;
        CgroupFile.Write(directory, "memory.max", limit <= 0 ? "max" : limit.ToString(CultureInfo.InvariantCulture));
        CgroupFile.WriteIfPresent(directory, "memory.swap.max", limit <= 0 ? "max" : "0");
    }

    /// <summary>When the limit is hit, all processes of the cgroup die together, as Kubernetes wants it for containers.</summary>
    public static void KillAsGroup(string directory) => CgroupFile.WriteIfPresent(directory, "memory.oom.group", "1");

    public static MemoryStatistics Read(string directory)
    {
        var text = CgroupFile.TryRead(directory, "memory.stat");
        return new MemoryStatistics(
            CgroupFile.ReadNumber(directory, "memory.current"), CgroupFile.Field(text, "inactive_file"), CgroupFile.Field(text, "anon"),
            CgroupFile.Field(text, "pgfault"), CgroupFile.Field(text, "pgmajfault"));
    }

    public static long ReadOomKills(string directory) => CgroupFile.Field(CgroupFile.TryRead(directory, OomFile), "oom_kill");
}
