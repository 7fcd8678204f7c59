using System.Net;
using Orchestrator.Linux.Processes;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Tests.Sandboxes;

[TestFixture]
internal sealed class SandboxTests : RuntimeFixture
{
    [Test, CancelAfter(30_000)]
    public async Task Run_Sandbox_IsReadyWithItsAddress()
    {
        var id = await Runtime.RunPodSandboxAsync(Pod(), None);

        var status = (await Runtime.PodSandboxStatusAsync(id, None))!;

        Assert.Multiple(() =>
        {
            Assert.That(id, Has.Length.EqualTo(64));
            Assert.That(status.State, Is.EqualTo(PodSandboxState.Ready));
            Assert.That(status.Addresses, Is.EqualTo(new[] { IPAddress.Loopback }));
            Assert.That(new FileInfo(status.NetworkNamespacePath).LinkTarget, Is.Not.EqualTo(new FileInfo("/proc/self/ns/net").LinkTarget));
        });
    }

    [Test, CancelAfter(30_000)]
    public void Run_NetworkFails_LeavesNothingBehind()
    {
        Network.Fails = true;

        var failure = Assert.ThrowsAsync<RuntimeException>(() => Runtime.RunPodSandboxAsync(Pod(), None))!;

        Assert.That(failure.Message, Is.EqualTo("failed to start sandbox: no address is left"));
        Assert.That(Processes("orc-shim"), Is.Empty);
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(Options.StateDirectory, "sandboxes")), Is.Empty);
    }

    [Test, CancelAfter(30_000)]
    public async Task Stop_SandboxWithRunningContainers_EndsThemAndKeepsTheirStatus()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));
        var sandbox = (await StatusAsync(container)).SandboxId;

        await Runtime.StopPodSandboxAsync(sandbox, None);
        await Runtime.StopPodSandboxAsync(sandbox, None);

        var status = await StatusAsync(container);
        Assert.That((status.State, status.ExitCode), Is.EqualTo((ContainerState.Exited, 137)));
        Assert.That((await Runtime.PodSandboxStatusAsync(sandbox, None))!.State, Is.EqualTo(PodSandboxState.NotReady));
        Assert.That(Processes("orc-shim"), Is.Empty);
        Assert.That(Network.Attached, Is.Empty);
    }

    [Test, CancelAfter(30_000)]
    public async Task Run_PodWithDns_ItsContainersHaveTheFilesOfEtc()
    {
        var pod = Pod() with { Dns = new DnsConfig(["10.96.0.10", "1.1.1.1"], ["default.svc.cluster.local", "svc.cluster.local"], ["ndots:5"]) };
        var own = Path.Combine(Root, "hosts");
        await File.WriteAllTextAsync(own, "10.0.0.1 mine\n");

        var (_, output) = await RunToEndAsync(Shell("cat /etc/resolv.conf /etc/hostname /etc/hosts") with { Mounts = [new Mount(own, "/etc/hosts")] }, pod);

        Assert.That(output, Is.EqualTo(
            "search default.svc.cluster.local svc.cluster.local\nnameserver 10.96.0.10\nnameserver 1.1.1.1\noptions ndots:5\npod\n10.0.0.1 mine"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Stop_Absent_IsNoError()
    {
        await Runtime.StopPodSandboxAsync("absent", None);
        await Runtime.RemovePodSandboxAsync("absent", None);
        await Runtime.StopContainerAsync("absent", TimeSpan.Zero, None);
        await Runtime.RemoveContainerAsync("absent", None);

        Assert.That(await Runtime.PodSandboxStatusAsync("absent", None), Is.Null);
    }

    [Test, CancelAfter(30_000)]
    public async Task Restart_RunningContainer_IsTakenOverWithAllItsVerbs()
    {
        var container = await StartAsync(Shell("trap 'exit 6' TERM; echo up; while :; do sleep 0.05; done"));
        var ended = await StartInAsync((await StatusAsync(container)).SandboxId, Shell("exit 2") with { LogPath = "ended.log" });
        await EndOfAsync(ended);
        await LogContainsAsync(container, "up");
        var before = await StatusAsync(container);

        await RestartAsync();

        var after = await StatusAsync(container);
        Assert.That((after.State, after.Pid, after.StartedAt), Is.EqualTo((ContainerState.Running, before.Pid, before.StartedAt)));
        Assert.That((await StatusAsync(ended)).ExitCode, Is.EqualTo(2));
        Assert.That((await Runtime.ExecSyncAsync(container, ["true"], default, None)).ExitCode, Is.Zero);
        await Runtime.StopContainerAsync(container, TimeSpan.FromSeconds(20), None);
        Assert.That((await StatusAsync(container)).ExitCode, Is.EqualTo(6));
    }

    [Test, CancelAfter(30_000)]
    public async Task Restart_ContainerThatEndedMeanwhile_IsExitedWithItsCode()
    {
        var container = await StartAsync(Shell("echo up; sleep 0.3; exit 8"));
        Runtime.Dispose();
        await EventuallyAsync(() => Task.FromResult(Processes("sleep").Count == 0));

        await RestartAsync();

        Assert.That((await EndOfAsync(container)).ExitCode, Is.EqualTo(8));
    }

    [Test, CancelAfter(30_000)]
    public async Task Kill_Shim_MarksItsContainersAndSandbox()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));
        var status = await StatusAsync(container);

        Signals.Send(Processes("orc-shim").Single(), Signals.Kill);
        var ended = await EndOfAsync(container);

        Assert.That((ended.State, ended.ExitCode, ended.Reason), Is.EqualTo((ContainerState.Exited, 255, "Unknown")));
        await EventuallyAsync(() => Task.FromResult(!Directory.Exists($"/proc/{status.Pid}")));
        Assert.That((await Runtime.PodSandboxStatusAsync(status.SandboxId, None))!.State, Is.EqualTo(PodSandboxState.NotReady));
    }

    [Test, CancelAfter(30_000)]
    public async Task Kill_ShimWhileNoRuntimeRuns_IsFoundAtTheNextStart()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));
        var sandbox = (await StatusAsync(container)).SandboxId;
        Runtime.Dispose();
        var shim = Processes("orc-shim").Single();
        Signals.Send(shim, Signals.Kill);
        ChildProcess.Reap(shim);

        await RestartAsync();

        Assert.That((await StatusAsync(container)).Reason, Is.EqualTo("Unknown"));
        Assert.That((await Runtime.PodSandboxStatusAsync(sandbox, None))!.State, Is.EqualTo(PodSandboxState.NotReady));
    }

    [Test, CancelAfter(30_000)]
    public async Task Root_PathsThatAreMasked_AreEmptyWhetherFileOrDirectory()
    {
        var container = await StartAsync(Shell("cat /proc/keys /proc/timer_list; ls /proc/acpi /sys/firmware 2>/dev/null | grep -v : ; echo end"));
        Assert.That(OutputOf(await EndOfAsync(container)).Trim(), Is.EqualTo("end"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Restart_StateCutOffByAPowerCut_ContainerIsLost([Values(0, 3)] int length)
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));
        Runtime.Dispose();
        var shim = Processes("orc-shim").Single();
        Signals.Send(shim, Signals.Kill);
        ChildProcess.Reap(shim);
        using (var state = File.OpenWrite(Directory.GetFiles(Options.SandboxesDirectory, "state", SearchOption.AllDirectories).Single()))
            state.SetLength(length);

        await RestartAsync();

        var status = await StatusAsync(container);
        Assert.That((status.State, status.Reason), Is.EqualTo((ContainerState.Exited, "Unknown")));
    }

    [Test, CancelAfter(60_000)]
    public async Task Run_ManyPodsAtOnce_AllWorkAndGo()
    {
        var pods = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            var pod = Pod($"pod{number}");
            return await StartAsync(Shell($"echo {number}") with { LogPath = $"{number}.log" }, pod);
        }));

        var outputs = new List<string>();
        foreach (var container in pods)
            outputs.Add(OutputOf(await EndOfAsync(container)));

        Assert.That(outputs, Is.EqualTo(Enumerable.Range(0, 20).Select(static number => $"{number}")));
    }

    [Test, CancelAfter(30_000)]
    public async Task Shim_WithAContainer_StaysSmall()
    {
        await StartAsync(Run("/bin/sleep", "1000"));
        var shim = Processes("orc-shim").Single();

        var line = File.ReadLines($"/proc/{shim}/smaps_rollup").First(static text => text.StartsWith("Pss:", StringComparison.Ordinal));
        var kilobytes = int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);

        await TestContext.Out.WriteLineAsync($"shim PSS: {kilobytes} kB");
        Assert.That(kilobytes, Is.LessThan(8 * 1024));
    }
}
