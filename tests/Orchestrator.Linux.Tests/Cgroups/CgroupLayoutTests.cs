using Orchestrator.Linux.Cgroups;

namespace Orchestrator.Linux.Tests.Cgroups;

[TestFixture]
internal sealed class CgroupLayoutTests
{
    [Test]
    public void Parse_HybridMachine_LimitsGoThroughItsV1Hierarchies()
    {
        var layout = CgroupLayout.Parse("""
            30 25 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs rw
            31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
            32 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
            33 30 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            34 30 0:30 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
            """);

        Assert.That(layout.IsUnified, Is.False);
        Assert.That(layout.ControllerMounts, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["cpu"] = "/sys/fs/cgroup/cpu,cpuacct", ["cpuacct"] = "/sys/fs/cgroup/cpu,cpuacct", ["memory"] = "/sys/fs/cgroup/memory",
        }));
    }

    [Test]
    public void Parse_UnifiedMachine_HasOneHierarchy()
    {
        var layout = CgroupLayout.Parse("31 30 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n");

        Assert.That((layout.IsUnified, layout.UnifiedMount), Is.EqualTo((true, "/sys/fs/cgroup")));
    }
}
