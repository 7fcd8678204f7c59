namespace Orchestrator.Linux.Cgroups.V1;

/// <summary>cpuacct.usage.</summary>
internal static class CpuAccountController
{
    public static long ReadUsageNanoseconds(string directory) => CgroupFile.ReadNumber(directory, "cpuacct.usage");
}
