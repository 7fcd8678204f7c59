namespace Orchestrator.Linux.Cgroups.V2;

/// <summary>cpuset.cpus; an empty one uses the parent's.</summary>
internal static class CpusetController
{
    public static void Apply(string directory, CgroupLimits limits)
    {
        if (!string.IsNullOrEmpty(limits.CpusetCpus))
            CgroupFile.Write(directory, "cpuset.cpus", limits.CpusetCpus);
    }
}
