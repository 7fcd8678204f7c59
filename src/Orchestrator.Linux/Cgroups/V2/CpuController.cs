using System.Globalization;

namespace Orchestrator.Linux.Cgroups.V2;

/// <summary>cpu.weight, cpu.max and cpu.stat.</summary>
internal static class CpuController
{
    private const long DefaultPeriodMicroseconds = 100_000;

    public static void Apply(string directory, CgroupLimits limits)
    {
        if (limits.CpuShares is { } shares)
            CgroupFile.Write(directory, "cpu.weight", WeightOf(shares));
        if (limits.CpuQuotaMicroseconds is not { } quota)
            return;
        var period = limits.CpuPeriodMicroseconds is > 0 ? limits.CpuPeriodMicroseconds.Value : DefaultPeriodMicroseconds;
        var text = quota <= 0 ? "max" : quota.ToString(CultureInfo.InvariantCulture);
        CgroupFile.Write(directory, "cpu.max", string.Create(CultureInfo.InvariantCulture, $"{text} {period}"));
    }

    public static long ReadUsageNanoseconds(string directory) =>
        CgroupFile.Field(CgroupFile.TryRead(directory, "cpu.stat"), "usage_usec") * 1000;

    /// <summary>
    /// Shares (2..262144, neutral 1024) as a weight (1..10000, neutral 100). A quadratic in the logarithms meets all three pairs,
    /// where the older straight line made 1024 shares a weight of 39.
    /// </summary>
    internal static long WeightOf(long shares)
    {
        if (shares <= 2)
            return 1;
        if (shares >= 262_144)
            return 10_000;
        var logarithm = Math.Log2(shares);
        return (long)Math.Ceiling(Math.Pow(10, (((logarithm * logarithm) + (125 * logarithm)) / 612.0) - (7.0 / 34.0)));
    }
}
