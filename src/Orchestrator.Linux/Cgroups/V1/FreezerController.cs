namespace Orchestrator.Linux.Cgroups.V1;

/// <summary>freezer.state.</summary>
internal static class FreezerController
{
    public static void Set(string directory, bool frozen) => CgroupFile.Write(directory, "freezer.state", frozen ? "FROZEN" : "THAWED");

    public static bool IsFrozen(string directory) => CgroupFile.TryRead(directory, "freezer.state") is "FROZEN" or "FREEZING";
}
