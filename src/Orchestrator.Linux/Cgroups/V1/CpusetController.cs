namespace Orchestrator.Linux.Cgroups.V1;

/// <summary>cpuset.cpus and cpuset.mems. A new v1 cpuset is empty and takes no process until both are set.</summary>
internal static class CpusetController
{
    public static void Inherit(string directory, string parent)
    {
        foreach (var file in new[] { "cpuset.cpus", "cpuset.mems" })
        {
            if (string.IsNullOrEmpty(CgroupFile.TryRead(directory, file)) && CgroupFile.TryRead(parent, file) is { Length: > 0 } inherited)
                CgroupFile.Write(directory, file, inherited);
        }
    }

    public static void Apply(string directory, CgroupLimits limits)
    {
        if (!string.IsNullOrEmpty(limits.CpusetCpus))
            CgroupFile.Write(directory, "cpuset.cpus", limits.CpusetCpus);
    }
}
