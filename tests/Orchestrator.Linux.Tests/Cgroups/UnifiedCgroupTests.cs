using Orchestrator.Linux.Cgroups;

namespace Orchestrator.Linux.Tests.Cgroups;

/// <summary>The v2 code on plain directories that stand for the hierarchy.</summary>
[TestFixture]
internal sealed class UnifiedCgroupTests
{
    private string mount = "";
    private ICgroup cgroup = null!;

    [SetUp]
    public void MakeTree()
    {
        mount = Directory.CreateTempSubdirectory("orc-cgroup-test-").FullName;
        File.WriteAllText(Path.Combine(mount, "cgroup.controllers"), "cpuset cpu io memory pids\n");
        File.WriteAllText(Path.Combine(mount, "cgroup.subtree_control"), "memory\n");
        Directory.CreateDirectory(Path.Combine(mount, "pod/one"));
        File.WriteAllText(Path.Combine(mount, "pod/cgroup.controllers"), "");
        cgroup = new CgroupManager(new CgroupLayout(mount, new Dictionary<string, string>())).Open("/pod/one");
        foreach (var file in new[]
            { "cpu.weight", "cpu.max", "memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cpuset.cpus", "cgroup.procs", "cgroup.kill", "cgroup.freeze" })
            File.WriteAllText(Path.Combine(mount, "pod/one", file), "");
    }

    [TearDown]
    public void DeleteTree() => Directory.Delete(mount, recursive: true);

    [Test]
    public void Create_Path_PassesMissingControllersOn()
    {
        cgroup.Create();

        // A real kernel adds to the list; a plain file shows what was written over it.
        Assert.That(Read("../../cgroup.subtree_control"), Is.EqualTo("+cpuset +cpu +pids"));
    }

    [Test]
    public void Apply_AllLimits_AreWrittenInTheKernelsTerms()
    {
        cgroup.Apply(new CgroupLimits
        {
            CpuShares = 1024, CpuQuotaMicroseconds = 50_000, CpuPeriodMicroseconds = 20_000, MemoryLimitBytes = 4096, PidsLimit = 7, CpusetCpus = "0-1",
        });
        cgroup.KillAsGroupWhenOutOfMemory();

        Assert.Multiple(() =>
        {
            Assert.That(Read("cpu.weight"), Is.EqualTo("100"));
            Assert.That(Read("cpu.max"), Is.EqualTo("50000 20000"));
            Assert.That(Read("memory.max"), Is.EqualTo("4096"));
            Assert.That(Read("memory.swap.max"), Is.EqualTo("0"));
            Assert.That(Read("memory.oom.group"), Is.EqualTo("1"));
            Assert.That(Read("pids.max"), Is.EqualTo("7"));
            Assert.That(Read("cpuset.cpus"), Is.EqualTo("0-1"));
        });
    }

    [Test]
    public void Apply_MinusOne_LiftsLimits()
    {
        cgroup.Apply(new CgroupLimits { CpuQuotaMicroseconds = -1, MemoryLimitBytes = -1, PidsLimit = -1 });

        Assert.That((Read("cpu.max"), Read("memory.max"), Read("pids.max")), Is.EqualTo(("max 100000", "max", "max")));
    }

    [Test]
    public void Apply_Nothing_WritesNothing()
    {
        cgroup.Apply(new CgroupLimits());

        Assert.That((Read("cpu.max"), Read("cpu.weight"), Read("memory.max"), Read("pids.max")), Is.EqualTo(("", "", "", "")));
    }

    [TestCase(0, 1)]
    [TestCase(2, 1)]
    [TestCase(1024, 100)]
    [TestCase(2048, 174)]
    [TestCase(262_144, 10_000)]
    [TestCase(1_000_000, 10_000)]
    public void WeightOf_Shares_KeepsTheEndsAndTheMiddle(long shares, long weight) =>
        Assert.That(Linux.Cgroups.V2.CpuController.WeightOf(shares), Is.EqualTo(weight));

    [Test]
    public void ReadStatistics_Files_AreCombined()
    {
        Write("cpu.stat", "usage_usec 1500\nuser_usec 1000\n");
        Write("memory.current", "5000\n");
        Write("memory.stat", "anon 3000\nfile 2000\ninactive_file 1200\npgfault 11\npgmajfault 2\n");
        Write("memory.events", "low 0\noom 1\noom_kill 3\noom_group_kill 1\n");
        Write("pids.current", "4\n");

        Assert.That(cgroup.ReadStatistics(), Is.EqualTo(new CgroupStatistics(1_500_000, 5000, 3800, 3000, 11, 2, 4, 3)));
    }

    [Test]
    public void ReadStatistics_NoFiles_IsEmpty() =>
        Assert.That(cgroup.ReadStatistics(), Is.EqualTo(new CgroupStatistics(0, 0, 0, 0, 0, 0, 0, 0)));

    [Test]
    public void ReadProcesses_Listed_LeavesOutForeignOnes()
    {
        Write("cgroup.procs", "12\n0\n34\n");

        Assert.That(cgroup.ReadProcesses(), Is.EqualTo(new[] { 12, 34 }));
    }

    [Test]
    public void KillAndFreeze_AreSwitches()
    {
        cgroup.Kill();
        cgroup.SetFrozen(true);

        Assert.That((Read("cgroup.kill"), Read("cgroup.freeze")), Is.EqualTo(("1", "1")));
    }

    [TestCase("pod")]
    [TestCase("/pod/../..")]
    [TestCase("")]
    public void Open_PathThatIsNone_IsRefused(string path) =>
        Assert.That(() => new CgroupManager(new CgroupLayout(mount, new Dictionary<string, string>())).Open(path), Throws.ArgumentException);

    private string Read(string file) => File.ReadAllText(Path.Combine(mount, "pod/one", file)).Trim();

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(mount, "pod/one", file), text);
}
