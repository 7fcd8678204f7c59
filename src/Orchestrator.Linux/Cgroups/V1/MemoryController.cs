using System.Globalization;

namespace Orchestrator.Linux.Cgroups.V1;

/// <summary>memory.limit_in_bytes, memory.memsw.limit_in_bytes, memory.stat and memory.oom_control.</summary>
internal static class MemoryController
{
    private const string Limit = "memory.limit_in_bytes";
    private const string LimitWithSwap = "memory.memsw.limit_in_bytes";

    public const string OomFile = "memory.oom_control";

    public static void Apply(string directory, CgroupLimits limits)
    {
        if (limits.MemoryLimitBytes is not { } limit)
            return;

        // Memory with swap may never be below memory alone: when raising, that one goes first. No swap is given.
        var text = (limit <= 0 ? -1 : limit).ToString(CultureInfo.InvariantCulture);
        var current = CgroupFile.ReadNumber(directory, Limit, long.MaxValue);
        if (limit <= 0 || limit > current)
        {
            CgroupFile.WriteIfPresent(directory, LimitWithSwap, text);
            CgroupFile.Write(directory, Limit, text);
        }
        else
        {
            CgroupFile.Write(directory, Limit, text);
            CgroupFile.WriteIfPresent(directory, LimitWithSwap, text);
        }
    }

    public static MemoryStatistics Read(string directory)
    {
        var text = CgroupFile.TryRead(directory, "memory.stat");
        return new MemoryStatistics(
            CgroupFile.ReadNumber(directory, "memory.usage_in_bytes"), CgroupFile.Field(text, "total_inactive_file"),
            CgroupFile.Field(text, "total_rss"), CgroupFile.Field(text, "total_pgfault"), CgroupFile.Field(text, "total_pgmajfault"));
    }

    public static long ReadOomKills(string directory) => CgroupFile.Field(CgroupFile.TryRead(directory, OomFile), "oom_kill");
}
