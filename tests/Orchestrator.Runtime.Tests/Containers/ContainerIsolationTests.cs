using System.Globalization;
using Orchestrator.Linux.Security;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Tests.Sandboxes;

namespace Orchestrator.Runtime.Tests.Containers;

[TestFixture]
internal sealed class ContainerIsolationTests : RuntimeFixture
{
    [Test, CancelAfter(30_000)]
    public async Task Namespaces_ByDefault_AreThePodsOwn()
    {
        var (_, output) = await RunToEndAsync(Shell("hostname; echo $$; for n in net ipc uts pid mnt cgroup; do readlink /proc/self/ns/$n; done"));

        var lines = output.Split('\n');
        var host = new[] { "net", "ipc", "uts", "pid", "mnt", "cgroup" }.Select(static name => new FileInfo($"/proc/self/ns/{name}").LinkTarget!);
        Assert.That(lines[..2], Is.EqualTo(new[] { "pod", "1" }));
        Assert.That(lines[2..].Intersect(host), Is.Empty);
    }

    [Test, CancelAfter(30_000)]
    public async Task Namespaces_TwoContainersOfAPod_ShareNetworkIpcAndMemory()
    {
        var sandbox = await Runtime.RunPodSandboxAsync(Pod(), None);
        const string script = "for n in net ipc uts; do readlink /proc/self/ns/$n; done";
        var first = await EndOfAsync(await StartInAsync(sandbox, Shell(script + "; echo shared > /dev/shm/file") with { LogPath = "first.log" }));
        var second = await EndOfAsync(await StartInAsync(sandbox, Shell(script + "; cat /dev/shm/file; df /dev/shm | tail -1") with { LogPath = "second.log" }));

        var (one, two) = (OutputOf(first).Split('\n'), OutputOf(second).Split('\n'));
        Assert.That(two[..3], Is.EqualTo(one));
        Assert.That(two[3], Is.EqualTo("shared"));
        Assert.That(two[4], Does.Contain("65536"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Namespaces_SharedPid_ContainersSeeEachOther()
    {
        var pod = Pod() with { Namespaces = new NamespaceOptions(Pid: NamespaceMode.Pod) };
        var security = new ContainerSecurity { Namespaces = pod.Namespaces };
        var sandbox = await Runtime.RunPodSandboxAsync(pod, None);
        var first = await StartInAsync(sandbox, Run("/bin/sleep", "1000") with { Security = security });
        var second = await EndOfAsync(await StartInAsync(sandbox, Shell("ps -o pid,args") with { Security = security, LogPath = "second.log" }));

        Assert.That(OutputOf(second), Does.Match(@"(?m)^\s*1 ").And.Contains("/bin/sleep 1000"));
        await Runtime.StopContainerAsync(first, TimeSpan.Zero, None);
        Assert.That((await StatusAsync(first)).ExitCode, Is.EqualTo(137));
    }

    [Test, CancelAfter(30_000)]
    public async Task Namespaces_OfTheNode_AreTheNodes()
    {
        var options = new NamespaceOptions(Network: NamespaceMode.Node, Pid: NamespaceMode.Node, Ipc: NamespaceMode.Node);
        var pod = Pod() with { Namespaces = options };
        var (_, output) = await RunToEndAsync(
            Shell("for n in net ipc pid uts; do readlink /proc/self/ns/$n; done") with { Security = new ContainerSecurity { Namespaces = options } }, pod);

        var host = new[] { "net", "ipc", "pid", "uts" }.Select(static name => new FileInfo($"/proc/self/ns/{name}").LinkTarget!);
        Assert.That(output.Split('\n'), Is.EqualTo(host));
    }

    [Test, CancelAfter(30_000)]
    public async Task Capabilities_ByDefault_AreTheFourteen()
    {
        var (_, output) = await RunToEndAsync(Shell("grep -E 'Cap(Eff|Bnd|Inh|Amb)|Seccomp:|NoNewPrivs' /proc/self/status"));

        var expected = CapabilitySet.ContainerDefault.Bits.ToString("x16", CultureInfo.InvariantCulture);
        Assert.That(Fields(output), Is.SupersetOf(new Dictionary<string, string>
        {
            ["CapEff"] = expected, ["CapBnd"] = expected, ["CapInh"] = "0000000000000000", ["CapAmb"] = "0000000000000000",
            ["Seccomp"] = "2", ["NoNewPrivs"] = "0",
        }));
        Assert.That(expected, Is.EqualTo("00000000a80425fb"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Capabilities_AddedAndDropped_AreTakenIntoAccount()
    {
        var security = new ContainerSecurity { DropCapabilities = ["ALL"], AddCapabilities = ["NET_ADMIN", "CAP_CHOWN"], NoNewPrivileges = true };
        var (_, output) = await RunToEndAsync(Shell("cat /proc/self/status") with { Security = security });

        Assert.That(Fields(output), Is.SupersetOf(new Dictionary<string, string>
        {
            ["CapEff"] = "0000000000001001", ["CapBnd"] = "0000000000001001", ["NoNewPrivs"] = "1", ["Seccomp"] = "2",
        }));
    }

    [Test, CancelAfter(30_000)]
    public async Task Privileged_Container_MayDoWhatTheNodeMay()
    {
        var (_, output) = await RunToEndAsync(Shell("cat /proc/self/status; mount -t tmpfs none /tmp && echo mounted; touch /sys/kernel/x 2>&1") with { Security = new ContainerSecurity { Privileged = true } });

        var own = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("CapPrm", StringComparison.Ordinal)).Split('\t')[1];
        Assert.That(Fields(output), Is.SupersetOf(new Dictionary<string, string> { ["CapEff"] = own, ["Seccomp"] = "0" }));
        Assert.That(output, Does.Contain("mounted").And.Not.Contains("Read-only file system"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Seccomp_Default_RefusesNewNamespacesAndMounts()
    {
        var (_, output) = await RunToEndAsync(Shell("unshare -r true 2>&1; mount -t tmpfs none /tmp 2>&1; chroot / true && echo chroot"));

        Assert.That(output, Does.StartWith("unshare: unshare(0x10000000): Operation not permitted\nmount: "));
        Assert.That(output, Does.Contain("chroot"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Seccomp_LocalhostProfile_IsApplied()
    {
        Directory.CreateDirectory(Options.SeccompProfileDirectory);
        File.WriteAllText(
            Path.Combine(Options.SeccompProfileDirectory, "no-mkdir.json"),
            """{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":28}]}""");
        var security = new ContainerSecurity { Seccomp = SeccompProfileType.Localhost, SeccompLocalhostProfile = "no-mkdir.json" };
        var (_, output) = await RunToEndAsync(Shell("mkdir /tmp/x 2>&1") with { Security = security });

        Assert.That(output, Does.Contain("No space left on device"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Paths_MaskedAndReadOnly_AreClosed()
    {
        var (_, output) = await RunToEndAsync(Shell(
            "cat /proc/keys | wc -c; ls /sys/firmware | wc -l; echo 1 2>&1 > /proc/sys/kernel/panic; touch /sys/x 2>&1; touch /proc/acpi/x 2>&1; true"));

        var lines = output.Split('\n');
        Assert.That(lines[..2], Is.EqualTo(new[] { "0", "0" }));
        Assert.That(lines[2..4], Has.All.Contains("Read-only file system"));
        Assert.That(lines[4], Does.Contain("Read-only file system").Or.Contains("No such file or directory"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Root_ReadOnly_RefusesWritesButNotInVolumes()
    {
        var volume = Directory.CreateDirectory(Path.Combine(Root, "volume")).FullName;
        var config = Shell("touch /x 2>&1; touch /data/y && echo written; touch /dev/shm/z && echo memory") with
        {
            Security = new ContainerSecurity { ReadOnlyRootFilesystem = true },
            Mounts = [new Mount(volume, "/data")],
        };
        var (_, output) = await RunToEndAsync(config);

        Assert.That(output, Does.Contain("Read-only file system").And.Contains("written").And.Contains("memory"));
        Assert.That(File.Exists(Path.Combine(volume, "y")));
    }

    [Test, CancelAfter(30_000)]
    public async Task Root_Writes_StayInTheContainer()
    {
        var sandbox = await Runtime.RunPodSandboxAsync(Pod(), None);
        await EndOfAsync(await StartInAsync(sandbox, Shell("echo changed > /etc/passwd; rm -r /home") with { LogPath = "one.log" }));
        var second = await EndOfAsync(await StartInAsync(sandbox, Shell("head -1 /etc/passwd; ls -d /home") with { LogPath = "two.log" }));

        Assert.That(OutputOf(second), Is.EqualTo("root:x:0:0:root:/root:/bin/sh\n/home"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Mounts_FilesAndNestedDirectories_AreThereAsAsked()
    {
        var outer = Directory.CreateDirectory(Path.Combine(Root, "outer")).FullName;
        var file = Path.Combine(Root, "hosts");
        await File.WriteAllTextAsync(file, "10.0.0.1 me\n");
        var config = Shell("cat /etc/hosts; ls /a/b; echo x 2>&1 > /a/ro/f; echo y > /a/b/f && echo ok; cat /proc/mounts | grep -c ' /a'") with
        {
            Mounts =
            [
                new Mount(outer, "/a/b"), new Mount(file, "/etc/hosts"), new Mount(Path.Combine(Root, "made"), "/a"),
                new Mount(outer, "/a/ro", ReadOnly: true),
            ],
        };
        var (_, output) = await RunToEndAsync(config);

        Assert.That(output.Split('\n'), Is.EqualTo(new[] { "10.0.0.1 me", "/bin/sh: can't create /a/ro/f: Read-only file system", "ok", "3" }));
        Assert.That(Directory.Exists(Path.Combine(Root, "made/b")));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(outer, "f")), Is.EqualTo("y\n"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Mounts_LinkInTheImageThatLeadsOut_StaysInside()
    {
        var outside = Directory.CreateDirectory(Path.Combine(Root, "outside")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(Root, "layer/escape"), outside);
        var volume = Directory.CreateDirectory(Path.Combine(Root, "volume")).FullName;
        await File.WriteAllTextAsync(Path.Combine(volume, "marker"), "");
        var sandbox = await Runtime.RunPodSandboxAsync(Pod(), None);
        var container = await Runtime.CreateContainerAsync(sandbox, Shell("ls /escape") with { Mounts = [new Mount(volume, "/escape/sub")] }, None);
        try
        {
            await Runtime.StartContainerAsync(container, None);
        }
        catch (RuntimeException exception)
        {
            Assert.That(exception.Message, Does.Contain("errno"));
        }

        Assert.That(Directory.GetFileSystemEntries(outside), Is.Empty);
    }

    [TestCase(null, "uid=0(root) gid=0(root) groups=0(root),2000(extra)")]
    [TestCase("app", "uid=1000(app) gid=1001(app) groups=50(staff),1001(app),2000(extra)")]
    [TestCase("1000", "uid=1000(app) gid=1001(app) groups=50(staff),1001(app),2000(extra)")]
    [TestCase("1234", "uid=1234 gid=0(root) groups=0(root)")]
    [TestCase("app:staff", "uid=1000(app) gid=50(staff) groups=50(staff),2000(extra)")]
    [CancelAfter(30_000)]
    public async Task User_OfTheImage_IsResolvedInTheContainer(string? user, string expected)
    {
        Images.Config = Images.Config with { User = user };
        var (status, output) = await RunToEndAsync(Shell("id"));

        Assert.That(output, Is.EqualTo(expected));
        Assert.That(expected, Does.StartWith($"uid={status.User!.Uid}"));
    }

    [Test, CancelAfter(30_000)]
    public async Task User_OfThePod_WinsAndLosesItsCapabilities()
    {
        Images.Config = Images.Config with { User = "app" };
        var security = new ContainerSecurity { RunAsUser = 2000, RunAsGroup = 3000, SupplementalGroups = [4000], MergeImageGroups = false };
        var (_, output) = await RunToEndAsync(Shell("id; echo $HOME; grep CapEff /proc/self/status; ls /private 2>&1; echo to-stdout > /dev/stdout") with { Security = security });

        Assert.That(output.Split('\n'), Is.EqualTo(new[]
        {
            "uid=2000 gid=3000 groups=3000,4000", "/", "CapEff:\t0000000000000000", "ls: can't open '/private': Permission denied", "to-stdout",
        }));
    }

    [Test, CancelAfter(30_000)]
    public async Task User_UnknownName_FailsTheStart()
    {
        Images.Config = Images.Config with { User = "ghost" };
        var sandbox = await Runtime.RunPodSandboxAsync(Pod(), None);
        var container = await Runtime.CreateContainerAsync(sandbox, Run("/bin/true"), None);

        var failure = Assert.ThrowsAsync<RuntimeException>(() => Runtime.StartContainerAsync(container, None))!;

        Assert.That(failure.Message, Is.EqualTo("unable to find user ghost: no matching entries in passwd file"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Process_EnvironmentAndDirectory_AreJoined()
    {
        Images.Config = Images.Config with { WorkingDir = "/tmp/made/here" };
        var (_, output) = await RunToEndAsync(Shell("pwd; env | sort") with { Environment = [new("A", "1"), new("FROM_IMAGE", "no"), new("A", "2")] });

        Assert.That(output.Split('\n'), Is.SupersetOf(new[] { "/tmp/made/here", "A=2", "FROM_IMAGE=no", "HOME=/root", "HOSTNAME=pod", "PATH=/bin" }));
    }

    [Test, CancelAfter(30_000)]
    public async Task Devices_NotInTheList_CannotBeOpened()
    {
        var (_, output) = await RunToEndAsync(Shell(
            "mknod /tmp/kmsg c 1 11 && echo made; cat /tmp/kmsg 2>&1; head -c 1 /dev/zero | wc -c; echo x > /dev/null && echo null; ls -l /dev/fd /dev/ptmx | wc -l"));

        Assert.That(output.Split('\n'), Is.EqualTo(new[] { "made", "cat: can't open '/tmp/kmsg': Operation not permitted", "1", "null", "2" }));
    }

    [Test, CancelAfter(30_000)]
    public async Task Sysctls_OfThePod_AreSetInItsNamespacesOnly()
    {
        var pod = Pod() with { Sysctls = new Dictionary<string, string> { ["net.ipv4.ip_unprivileged_port_start"] = "77" } };
        var (_, output) = await RunToEndAsync(Shell("cat /proc/sys/net/ipv4/ip_unprivileged_port_start"), pod);

        Assert.That(output, Is.EqualTo("77"));
        Assert.That((await File.ReadAllTextAsync("/proc/sys/net/ipv4/ip_unprivileged_port_start")).Trim(), Is.Not.EqualTo("77"));
    }

    private static Dictionary<string, string> Fields(string status) => status.Split('\n')
        .Select(static line => line.Split(":\t", 2))
        .Where(static parts => parts.Length == 2)
        .ToDictionary(static parts => parts[0], static parts => parts[1].Trim());
}
