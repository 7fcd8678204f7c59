namespace Orchestrator.Linux.Cgroups.V1;

/// <summary>devices.deny and devices.allow.</summary>
internal static class DevicesController
{
    public static void Apply(string directory, IReadOnlyList<DeviceRule> rules)
    {
        CgroupFile.Write(directory, "devices.deny", "a");
        foreach (var rule in rules)
            CgroupFile.Write(directory, "devices.allow", rule == DeviceRule.Everything ? "a" : rule.ToString());
    }
}
