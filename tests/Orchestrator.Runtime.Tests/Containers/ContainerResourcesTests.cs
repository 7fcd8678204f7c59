using System.Text;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Tests.Sandboxes;

namespace Orchestrator.Runtime.Tests.Containers;

[TestFixture]
internal sealed class ContainerResourcesTests : RuntimeFixture
{
    private static readonly CgroupManager Cgroups = new(CgroupLayout.Detect());

    [Test, CancelAfter(30_000)]
    public async Task Memory_BeyondTheLimit_IsOomKilled()
    {
        var (status, _) = await RunToEndAsync(Shell("head -c 200000000 /dev/zero | tail -c 100000000 | wc -c") with { Resources = new LinuxResources { MemoryLimitBytes = 20 << 20 } });

        // Without a group kill (v1) the shell lives on and tells how its child ended.
        Assert.That(status.State, Is.EqualTo(ContainerState.Exited));
        var direct = await RunDirectAsync();
        Assert.That((direct.Reason, direct.ExitCode), Is.EqualTo(("OOMKilled", 137)));
    }

    [Test, CancelAfter(30_000)]
    public async Task Pids_AtTheLimit_NoMoreCanBeMade()
    {
        var (_, output) = await RunToEndAsync(Shell("for i in 1 2 3 4 5 6 7 8; do sleep 5 & done; echo unreached") with { Resources = new LinuxResources { PidsLimit = 5 } });

        Assert.That(output, Does.Contain("Resource temporarily unavailable").And.Not.Contains("unreached"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Limits_OfTheContainer_AreSeenFromInside()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000") with
        {
            Resources = new LinuxResources { CpuShares = 512, CpuQuotaMicroseconds = 50_000, CpuPeriodMicroseconds = 100_000, MemoryLimitBytes = 64 << 20, CpusetCpus = "0" },
        });
        var files = Cgroups.Layout.IsUnified
            ? "/sys/fs/cgroup/cpu.max /sys/fs/cgroup/memory.max"
            : "/sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.shares /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/cpuset/cpuset.cpus";

        var before = await Runtime.ExecSyncAsync(container, ["sh", "-c", $"cat {files}; cat /proc/self/cgroup | grep memory"], default, None);
        await Runtime.UpdateContainerResourcesAsync(container, new LinuxResources { CpuQuotaMicroseconds = 25_000, MemoryLimitBytes = 128 << 20 }, None);
        var after = await Runtime.ExecSyncAsync(container, ["sh", "-c", $"cat {files}"], default, None);

        if (Cgroups.Layout.IsUnified)
        {
            Assert.That(Encoding.UTF8.GetString(after.Stdout), Is.EqualTo("25000 100000\n134217728\n"));
            return;
        }

        Assert.That(Encoding.UTF8.GetString(before.Stdout).Split('\n')[..4], Is.EqualTo(new[] { "50000", "512", "67108864", "0" }));
        Assert.That(Encoding.UTF8.GetString(before.Stdout), Does.Match(@"\d+:memory:/\n$"));
        Assert.That(Encoding.UTF8.GetString(after.Stdout), Is.EqualTo("25000\n512\n134217728\n0\n"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Statistics_RunningContainer_CountItsUse()
    {
        var container = await StartAsync(Shell("head -c 5000000 /dev/zero > /file; i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo busy; sleep 1000"));
        await LogContainsAsync(container, "busy");

        var stats = (await Runtime.ContainerStatsAsync(container, None))!;
        var pod = (await Runtime.PodSandboxStatsAsync((await StatusAsync(container)).SandboxId, None))!;

        Assert.Multiple(() =>
        {
            Assert.That(stats.CpuUsageNanoseconds, Is.GreaterThan(1_000_000));
            Assert.That(stats.MemoryUsageBytes, Is.GreaterThan(100_000));
            Assert.That(stats.MemoryWorkingSetBytes, Is.LessThanOrEqualTo(stats.MemoryUsageBytes));
            Assert.That(stats.WritableLayerUsedBytes, Is.InRange(5_000_000, 6_000_000));
            Assert.That(stats.Pids, Is.GreaterThanOrEqualTo(1));
            Assert.That(pod.CpuUsageNanoseconds, Is.GreaterThanOrEqualTo(stats.CpuUsageNanoseconds));
            Assert.That(pod.Containers, Has.Count.EqualTo(1));
        });
    }

    [Test, CancelAfter(30_000)]
    public async Task OomScore_Lowered_NeverFailsTheStart()
    {
        var (status, output) = await RunToEndAsync(Shell("cat /proc/self/oom_score_adj") with { Resources = new LinuxResources { OomScoreAdj = -997 } });
        var raised = await RunToEndAsync(Shell("cat /proc/self/oom_score_adj") with { Resources = new LinuxResources { OomScoreAdj = 1000 }, LogPath = "raised.log" }, Pod("second"));

        Assert.That(status.ExitCode, Is.Zero);
        Assert.That(int.Parse(output, System.Globalization.CultureInfo.InvariantCulture), Is.LessThan(1000));
        Assert.That(raised.Output, Is.EqualTo("1000"));
    }

    private async Task<ContainerStatus> RunDirectAsync() => (await RunToEndAsync(
        Run("/bin/tail", "-c", "100000000", "/dev/zero") with { Resources = new LinuxResources { MemoryLimitBytes = 20 << 20 } }, Pod("direct"))).Status;
}
