using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Tests.Sandboxes;

namespace Orchestrator.Runtime.Tests.Containers;

[TestFixture]
internal sealed class ContainerLifecycleTests : RuntimeFixture
{
    [Test, CancelAfter(30_000)]
    public async Task Start_ProgramThatEnds_IsExitedWithItsCodeAndOutput()
    {
        var (status, output) = await RunToEndAsync(Shell("echo hello; echo oops >&2; exit 3"));

        Assert.Multiple(() =>
        {
            Assert.That(status.State, Is.EqualTo(ContainerState.Exited));
            Assert.That(status.ExitCode, Is.EqualTo(3));
            Assert.That(status.Reason, Is.EqualTo("Error"));
            Assert.That(output, Is.EqualTo("hello\noops").Or.EqualTo("oops\nhello"));
            Assert.That(File.ReadAllText(status.LogPath), Does.Match(@"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z stdout F hello$"));
            Assert.That(File.ReadAllText(status.LogPath), Does.Match(@"(?m)Z stderr F oops$"));
            Assert.That(status.FinishedAt, Is.GreaterThanOrEqualTo(status.StartedAt!.Value));
        });
    }

    [Test, CancelAfter(30_000)]
    public async Task Start_ProgramThatEndsWell_IsCompleted()
    {
        var (status, _) = await RunToEndAsync(Run("/bin/true"));

        Assert.That((status.ExitCode, status.Reason), Is.EqualTo((0, "Completed")));
    }

    [TestCase("nosuch", "exec: \"nosuch\": executable file not found in $PATH (errno 2)")]
    [TestCase("/bin/nosuch", "exec: \"/bin/nosuch\": stat /bin/nosuch: no such file or directory (errno 2)")]
    [TestCase("/etc/not-executable", "exec: \"/etc/not-executable\": permission denied (errno 13)")]
    [TestCase("/bin/not-a-program", "exec /bin/not-a-program: exec format error (errno 8)")]
    [CancelAfter(30_000)]
    public async Task Start_CommandThatCannotBeExecuted_FailsWithReasonAndErrno(string command, string message)
    {
        var sandbox = await Runtime.RunPodSandboxAsync(Pod(), None);
        var container = await Runtime.CreateContainerAsync(sandbox, Run(command), None);

        var failure = Assert.ThrowsAsync<RuntimeException>(() => Runtime.StartContainerAsync(container, None))!;
        var status = await StatusAsync(container);

        Assert.That((failure.Error, failure.Message), Is.EqualTo((RuntimeError.StartFailed, message)));
        Assert.That((status.State, status.ExitCode, status.Reason), Is.EqualTo((ContainerState.Exited, 128, "StartError")));
    }

    [Test, CancelAfter(30_000)]
    public async Task Start_CommandNotGiven_IsRefused()
    {
        var sandbox = await Runtime.RunPodSandboxAsync(Pod(), None);
        var container = await Runtime.CreateContainerAsync(sandbox, Run(), None);

        var failure = Assert.ThrowsAsync<RuntimeException>(() => Runtime.StartContainerAsync(container, None))!;

        Assert.That(failure.Error, Is.EqualTo(RuntimeError.InvalidArgument));
    }

    [Test, CancelAfter(30_000)]
    public async Task Stop_ProgramThatHandlesTheSignal_EndsByItself()
    {
        var container = await StartAsync(Shell("trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.05; done"));
        await LogContainsAsync(container, "up");

        await Runtime.StopContainerAsync(container, TimeSpan.FromSeconds(20), None);
        var status = await StatusAsync(container);

        Assert.That((status.ExitCode, OutputOf(status)), Is.EqualTo((7, "up\nbye")));
    }

    [Test, CancelAfter(30_000)]
    public async Task Stop_ProgramThatIgnoresTheSignal_IsKilledAfterTheGrace()
    {
        var container = await StartAsync(Shell("trap '' TERM; echo up; while :; do sleep 0.05; done"));
        await LogContainsAsync(container, "up");

        await Runtime.StopContainerAsync(container, TimeSpan.FromMilliseconds(100), None);
        var status = await StatusAsync(container);

        Assert.That((status.State, status.ExitCode), Is.EqualTo((ContainerState.Exited, 137)));
    }

    [Test, CancelAfter(30_000)]
    public async Task Stop_SignalOfTheImage_IsUsed()
    {
        Images.Config = Images.Config with { StopSignal = "SIGUSR1" };
        var container = await StartAsync(Shell("trap 'exit 11' USR1; trap 'exit 12' TERM; echo up; while :; do sleep 0.05; done"));
        await LogContainsAsync(container, "up");

        await Runtime.StopContainerAsync(container, TimeSpan.FromSeconds(20), None);

        Assert.That((await StatusAsync(container)).ExitCode, Is.EqualTo(11));
    }

    [Test, CancelAfter(30_000)]
    public async Task Remove_RunningContainer_IsKilledAndGone()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));

        await Runtime.RemoveContainerAsync(container, None);
        await Runtime.RemoveContainerAsync(container, None);

        Assert.That(await Runtime.ContainerStatusAsync(container, None), Is.Null);
    }

    [Test, CancelAfter(30_000)]
    public async Task Log_LongLinesAndPartialEnd_AreSplitAndFinished()
    {
        var (status, _) = await RunToEndAsync(Shell("head -c 20000 /dev/zero | tr '\\0' x; echo; printf tail"));

        var lines = File.ReadAllLines(status.LogPath).Select(static line => line.Split(' ', 4)).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(lines.Select(static line => line[2]), Is.EqualTo(new[] { "P", "F", "F" }));
            Assert.That(lines[0][3] + lines[1][3], Is.EqualTo(new string('x', 20000)));
            Assert.That(lines[2][3], Is.EqualTo("tail"));
        });
    }

    [Test, CancelAfter(30_000)]
    public async Task ReopenLog_AfterRename_WritesToANewFile()
    {
        var container = await StartAsync(Shell("echo one; read line; echo two") with { Stdin = true, StdinOnce = true });
        await LogContainsAsync(container, "one");
        var log = (await StatusAsync(container)).LogPath;

        File.Move(log, log + ".1");
        await Runtime.ReopenContainerLogAsync(container, None);
        await using (var streams = await Runtime.AttachAsync(new AttachRequest(container, Stdin: true, Stdout: true, Stderr: false), None))
            await streams.Stdin!.WriteAsync("go\n"u8.ToArray());
        var status = await EndOfAsync(container);

        Assert.That(OutputOf(status), Is.EqualTo("two"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Events_OneContainer_TellsItsLife()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var events = Runtime.WatchEventsAsync(limit.Token);
        var container = await StartAsync(Run("/bin/true"));
        await EndOfAsync(container);
        await Runtime.RemoveContainerAsync(container, None);

        var types = new List<ContainerEventType>();
        await foreach (var happened in events)
        {
            types.Add(happened.Type);
            if (happened.Type == ContainerEventType.Deleted)
                break;
        }

        Assert.That(types, Is.EqualTo(new[] { ContainerEventType.Created, ContainerEventType.Started, ContainerEventType.Exited, ContainerEventType.Deleted })
            .Or.EqualTo(new[] { ContainerEventType.Created, ContainerEventType.Exited, ContainerEventType.Started, ContainerEventType.Deleted }));
    }
}
