using System.Globalization;

namespace Orchestrator.Linux.Cgroups.V2;

/// <summary>pids.max and pids.current.</summary>
internal static class PidsController
{
    public static void Apply(string directory, CgroupLimits limits)
    {
        if (limits.PidsLimit is { } limit && limit != 0)
            CgroupFile.Write(directory, "pids.max", limit < 0 ? "max" : limit.ToString(CultureInfo.InvariantCulture));
    }

    public static int Read(string directory) => (int)CgroupFile.ReadNumber(directory, "pids.current");
}
