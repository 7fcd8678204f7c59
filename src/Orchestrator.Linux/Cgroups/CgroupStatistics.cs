namespace Orchestrator.Linux.Cgroups;

/// <summary>What a cgroup and all below it have used.</summary>
/// <param name="MemoryWorkingSetBytes">Usage without the file pages that the kernel could drop at once (inactive_file).</param>
public sealed record CgroupStatistics(
    long CpuUsageNanoseconds, long MemoryUsageBytes, long MemoryWorkingSetBytes, long MemoryRssBytes, long PageFaults, long MajorPageFaults,
    int Pids, long OomKills);

/// <summary>The memory controller's part of the statistics.</summary>
internal readonly record struct MemoryStatistics(long UsageBytes, long InactiveFileBytes, long RssBytes, long PageFaults, long MajorPageFaults)
{
    public long WorkingSetBytes => Math.Max(0, UsageBytes - InactiveFileBytes);
}
