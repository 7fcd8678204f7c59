using System.Globalization;
using System.Text;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Tests.Sandboxes;

namespace Orchestrator.Runtime.Tests.Containers;

[TestFixture]
internal sealed class ContainerStreamsTests : RuntimeFixture
{
    [Test, CancelAfter(30_000)]
    public async Task ExecSync_Command_RunsInsideTheContainer()
    {
        Images.Config = Images.Config with { User = "app" };
        var container = await StartAsync(Run("/bin/sleep", "1000") with { Environment = [new("A", "1")] });

        var result = await Runtime.ExecSyncAsync(
            container, ["sh", "-c", "id -u; echo $A; hostname; grep -E 'CapEff|CapBnd|Seccomp:' /proc/self/status; ps -o args; echo err >&2; exit 5"],
            TimeSpan.FromSeconds(20), None);
        var first = await Runtime.ExecSyncAsync(container, ["grep", "-E", "CapEff|CapBnd|Seccomp:", "/proc/1/status"], default, None);

        var output = Encoding.UTF8.GetString(result.Stdout);
        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.EqualTo(5));
            Assert.That(output, Does.StartWith("1000\n1\npod\n").And.Contain("/bin/sleep 1000"));
            Assert.That(output, Does.Contain(Encoding.UTF8.GetString(first.Stdout)));
            Assert.That(Encoding.UTF8.GetString(result.Stderr), Is.EqualTo("err\n"));
        });
    }

    [Test, CancelAfter(30_000)]
    public async Task ExecSync_JoinsTheCgroupAndNamespacesOfTheContainer()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));

        const string script = "cat /proc/$0/cgroup; for n in mnt pid net ipc uts cgroup; do readlink /proc/$0/ns/$n; done";
        var joined = await Runtime.ExecSyncAsync(container, ["sh", "-c", script, "self"], default, None);
        var first = await Runtime.ExecSyncAsync(container, ["sh", "-c", script, "1"], default, None);

        Assert.That(Encoding.UTF8.GetString(joined.Stdout), Is.EqualTo(Encoding.UTF8.GetString(first.Stdout)));
    }

    [Test, CancelAfter(30_000)]
    public async Task ExecSync_TooSlow_TimesOutAndIsKilled()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));

        var result = await Runtime.ExecSyncAsync(container, ["sh", "-c", "echo begun; sleep 500"], TimeSpan.FromMilliseconds(300), None);
        await EventuallyAsync(async () => !Text(await Runtime.ExecSyncAsync(container, ["ps", "-o", "args"], default, None)).Contains("sleep 500", StringComparison.Ordinal));

        Assert.That((result.TimedOut, Encoding.UTF8.GetString(result.Stdout)), Is.EqualTo((true, "begun\n")));
    }

    [Test, CancelAfter(30_000)]
    public async Task ExecSync_LargeOutput_ComesWhole()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));

        var result = await Runtime.ExecSyncAsync(container, ["head", "-c", "3000000", "/dev/zero"], TimeSpan.FromSeconds(20), None);

        Assert.That(result.Stdout, Has.Length.EqualTo(3_000_000));
    }

    [Test, CancelAfter(30_000)]
    public async Task ExecSync_LeavesAChildBehind_ReturnsAllTheSame()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));

        var result = await Runtime.ExecSyncAsync(container, ["sh", "-c", "sleep 100 & echo done"], TimeSpan.FromSeconds(20), None);

        Assert.That((result.ExitCode, Text(result)), Is.EqualTo((0, "done\n")));
    }

    [Test, CancelAfter(30_000)]
    public async Task ExecSync_CommandThatIsNotThere_FailsWithReason()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));

        var failure = Assert.ThrowsAsync<RuntimeException>(() => Runtime.ExecSyncAsync(container, ["nosuch"], default, None))!;

        Assert.That(failure.Message, Is.EqualTo("exec: \"nosuch\": executable file not found in $PATH (errno 2)"));
    }

    [Test, CancelAfter(30_000)]
    public async Task ExecSync_ContainerThatEnded_IsRefused()
    {
        var container = await StartAsync(Run("/bin/true"));
        await EndOfAsync(container);

        var failure = Assert.ThrowsAsync<RuntimeException>(() => Runtime.ExecSyncAsync(container, ["true"], default, None))!;

        Assert.That(failure.Error, Is.EqualTo(RuntimeError.FailedPrecondition));
    }

    [Test, CancelAfter(30_000)]
    public async Task Exec_WithInput_GetsItToItsEnd()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));
        await using var streams = await Runtime.ExecAsync(new ExecRequest(container, ["md5sum"], Stdin: true, Stdout: true, Stderr: true, Tty: false), None);

        var data = new byte[1_000_000];
        await streams.Stdin!.WriteAsync(data);
        await streams.Stdin.DisposeAsync();
        var output = await new StreamReader(streams.Stdout!).ReadToEndAsync();

        Assert.That(output, Does.StartWith("879f4bba57ed37c9ec5e5aedf9864698"));
        Assert.That(await streams.WaitAsync(None), Is.Zero);
    }

    [Test, CancelAfter(30_000)]
    public async Task Exec_WithTerminal_HasOneWithTheSizeGiven()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));
        await using var streams = await Runtime.ExecAsync(
            new ExecRequest(container, ["sh", "-c", "tty; echo $TERM; read line; stty size; exit 9"], Stdin: true, Stdout: true, Stderr: true, Tty: true), None);

        await streams.ResizeAsync(101, 33, None);
        await streams.Stdin!.WriteAsync("\n"u8.ToArray());
        var output = await new StreamReader(streams.Stdout!).ReadToEndAsync();

        Assert.That(streams.Stderr, Is.Null);
        Assert.That(output.Split("\r\n"), Is.SupersetOf(new[] { "/dev/pts/0", "xterm", "33 101" }));
        Assert.That(await streams.WaitAsync(None), Is.EqualTo(9));
    }

    [Test, CancelAfter(30_000)]
    public async Task Exec_GivenUp_IsKilled()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));
        var streams = await Runtime.ExecAsync(new ExecRequest(container, ["sleep", "600"], Stdin: false, Stdout: true, Stderr: false, Tty: false), None);

        await streams.DisposeAsync();

        await EventuallyAsync(async () => !Text(await Runtime.ExecSyncAsync(container, ["ps", "-o", "args"], default, None)).Contains("sleep 600", StringComparison.Ordinal));
    }

    [Test, CancelAfter(30_000)]
    public async Task Terminal_OfTheContainer_IsItsConsoleAndGoesToTheLog()
    {
        var (status, output) = await RunToEndAsync(Shell("tty; test -c /dev/console && echo console; test -t 0 && test -t 2 && echo terminal") with { Tty = true });

        Assert.That(status.ExitCode, Is.Zero);
        Assert.That(output.Replace("\r", "", StringComparison.Ordinal), Is.EqualTo("/dev/pts/0\nconsole\nterminal"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Attach_RunningContainer_GetsItsOutputAndItsEnd()
    {
        var container = await StartAsync(Shell("read line; echo got $line; echo err >&2; exit 4") with { Stdin = true, StdinOnce = true });
        await using var streams = await Runtime.AttachAsync(new AttachRequest(container, Stdin: true, Stdout: true, Stderr: true), None);

        await streams.Stdin!.WriteAsync("this\n"u8.ToArray());
        var output = await new StreamReader(streams.Stdout!).ReadToEndAsync();
        var errors = await new StreamReader(streams.Stderr!).ReadToEndAsync();

        Assert.That((output, errors, await streams.WaitAsync(None)), Is.EqualTo(("got this\n", "err\n", 4)));
    }

    [Test, CancelAfter(30_000)]
    public async Task Attach_BeforeTheStart_MissesNothingHoweverSlowlyItReads()
    {
        const int lines = 400_000;
        var sandbox = await Runtime.RunPodSandboxAsync(Pod(), None);
        var container = await Runtime.CreateContainerAsync(sandbox, Shell($"seq {lines}; echo err >&2; exit 4") with { StdinOnce = true }, None);
        await using var streams = await Runtime.AttachAsync(new AttachRequest(container, Stdin: false, Stdout: true, Stderr: true), None);
        await Runtime.StartContainerAsync(container, None);

        // It has filled every buffer on the way and waits.
        await EventuallyAsync(async () => new FileInfo((await StatusAsync(container)).LogPath).Length > 1 << 20);
        var output = await new StreamReader(streams.Stdout!).ReadToEndAsync();
        var errors = await new StreamReader(streams.Stderr!).ReadToEndAsync();

        Assert.That(output, Is.EqualTo(string.Concat(Enumerable.Range(1, lines).Select(static line => $"{line}\n"))));
        Assert.That((errors, await streams.WaitAsync(None)), Is.EqualTo(("err\n", 4)));
    }

    [Test, CancelAfter(30_000)]
    public async Task Attach_BeforeAStartThatFails_EndsWithAnError()
    {
        var sandbox = await Runtime.RunPodSandboxAsync(Pod(), None);
        var container = await Runtime.CreateContainerAsync(sandbox, Run("/bin/no-such-program"), None);
        await using var streams = await Runtime.AttachAsync(new AttachRequest(container, Stdin: false, Stdout: true, Stderr: true), None);

        Assert.ThrowsAsync<RuntimeException>(() => Runtime.StartContainerAsync(container, None));

        Assert.That(await new StreamReader(streams.Stdout!).ReadToEndAsync(), Is.Empty);
        Assert.ThrowsAsync<RuntimeException>(() => streams.WaitAsync(None));
    }

    [Test, CancelAfter(30_000)]
    public async Task Attach_ToAContainerThatIsRemovedBeforeItStarts_Ends()
    {
        var sandbox = await Runtime.RunPodSandboxAsync(Pod(), None);
        var container = await Runtime.CreateContainerAsync(sandbox, Run("/bin/true"), None);
        await using var streams = await Runtime.AttachAsync(new AttachRequest(container, Stdin: false, Stdout: true, Stderr: true), None);

        await Runtime.RemoveContainerAsync(container, None);

        Assert.That(await new StreamReader(streams.Stdout!).ReadToEndAsync(), Is.Empty);
    }

    [Test, CancelAfter(30_000)]
    public async Task Attach_GivenUp_LeavesTheContainerRunning()
    {
        var container = await StartAsync(Shell("while :; do echo tick; sleep 0.02; done"));
        var streams = await Runtime.AttachAsync(new AttachRequest(container, Stdin: false, Stdout: true, Stderr: false), None);
        var buffer = new byte[4];
        await streams.Stdout!.ReadExactlyAsync(buffer);

        await streams.DisposeAsync();

        Assert.That(Encoding.UTF8.GetString(buffer), Is.EqualTo("tick"));
        Assert.That((await StatusAsync(container)).State, Is.EqualTo(ContainerState.Running));
    }

    [Test, CancelAfter(30_000)]
    public async Task PortForward_PortOfThePod_IsReached()
    {
        var container = await StartAsync(Run("/bin/nc", "-ll", "-p", "8080", "-e", "/bin/echo", "from inside"));
        var sandbox = (await StatusAsync(container)).SandboxId;
        Stream? stream = null;
        await EventuallyAsync(async () =>
        {
            try
            {
                stream = await Runtime.PortForwardAsync(sandbox, 8080, None);
                return true;
            }
            catch (RuntimeException exception) when (exception.Error == RuntimeError.Unavailable)
            {
                return false;
            }
        });

        await using (stream)
            Assert.That(await new StreamReader(stream!).ReadLineAsync(), Is.EqualTo("from inside"));
    }

    [Test, CancelAfter(30_000)]
    public async Task PortForward_PortNobodyListensOn_SaysSo()
    {
        var sandbox = await Runtime.RunPodSandboxAsync(Pod(), None);

        var failure = Assert.ThrowsAsync<RuntimeException>(() => Runtime.PortForwardAsync(sandbox, 81, None))!;

        Assert.That(failure.Message, Does.StartWith("failed to connect to localhost:81 inside the sandbox: Connection refused"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Exec_ManyAtOnce_AllEnd()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));

        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => Runtime.ExecSyncAsync(
            container, ["sh", "-c", string.Create(CultureInfo.InvariantCulture, $"echo {number}; exit {number}")], TimeSpan.FromSeconds(30), None)));

        Assert.That(results.Select(static result => result.ExitCode), Is.EqualTo(Enumerable.Range(0, 40)));
        Assert.That(results.Select(Text), Is.EqualTo(Enumerable.Range(0, 40).Select(static number => $"{number}\n")));
    }

    private static string Text(ExecSyncResult result) => Encoding.UTF8.GetString(result.Stdout);
}
