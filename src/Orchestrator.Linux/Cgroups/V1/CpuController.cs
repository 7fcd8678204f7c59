using System.Globalization;

namespace Orchestrator.Linux.Cgroups.V1;

/// <summary>cpu.shares, cpu.cfs_period_us and cpu.cfs_quota_us.</summary>
internal static class CpuController
{
    public static void Apply(string directory, CgroupLimits limits)
    {
        if (limits.CpuShares is { } shares)
            CgroupFile.Write(directory, "cpu.shares", Math.Clamp(shares, 2, 262_144));

        // The kernel refuses a pair that is impossible on the way from old to new, so the quota is lifted first.
        if (limits.CpuPeriodMicroseconds is { } period && period > 0 && period != CgroupFile.ReadNumber(directory, "cpu.cfs_period_us"))
        {
            CgroupFile.Write(directory, "cpu.cfs_quota_us", -1);
            CgroupFile.Write(directory, "cpu.cfs_period_us", period.ToString(CultureInfo.InvariantCulture));
        }

        if (limits.CpuQuotaMicroseconds is { } quota)
            CgroupFile.Write(directory, "cpu.cfs_quota_us", quota <= 0 ? -1 : quota);
    }
}
