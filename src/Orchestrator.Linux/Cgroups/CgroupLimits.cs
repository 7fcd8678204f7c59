namespace Orchestrator.Linux.Cgroups;

/// <summary>Limits of a cgroup, in the units of cgroup v1; what is null is left as it is.</summary>
public sealed record CgroupLimits
{
    /// <summary>Relative share of busy CPUs, 2 to 262144; 1024 is the neutral value.</summary>
    public long? CpuShares { get; init; }

    /// <summary>CPU time per period in microseconds; -1 lifts the limit.</summary>
    public long? CpuQuotaMicroseconds { get; init; }

    public long? CpuPeriodMicroseconds { get; init; }

    /// <summary>-1 lifts the limit.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>-1 lifts the limit.</summary>
    public long? PidsLimit { get; init; }

    /// <summary>CPUs as a list, "0-2,7".</summary>
    public string? CpusetCpus { get; init; }
}
