namespace Orchestrator.Linux.Cgroups.V2;

/// <summary>cgroup.freeze and cgroup.events.</summary>
internal static class FreezerController
{
    public static void Set(string directory, bool frozen) => CgroupFile.Write(directory, "cgroup.freeze", frozen ? "1" : "0");

    public static bool IsFrozen(string directory) => CgroupFile.Field(CgroupFile.TryRead(directory, "cgroup.events"), "frozen") == 1;
}
