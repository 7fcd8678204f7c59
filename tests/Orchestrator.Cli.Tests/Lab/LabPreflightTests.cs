using Orchestrator.Cli.Lab;

namespace Orchestrator.Cli.Tests.Lab;

internal sealed class LabPreflightTests
{
    private string root = "";

    [SetUp]
    public void MakeMachine()
    {
        root = Directory.CreateTempSubdirectory("orc-preflight-").FullName;
        Write("orc-shim", "");
        Write("proc/self/ns/net", "");
        Write("proc/self/ns/pid", "");
        Write("proc/filesystems", "nodev\tsysfs\nnodev\toverlay\n");
        Write("proc/sys/net/ipv4/ip_forward", "1");
        Write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
    }

    [TearDown]
    public void RemoveMachine() => Directory.Delete(root, recursive: true);

    [Test]
    public void CompleteMachine_Passes() => Assert.That(Check, Throws.Nothing);

    [TestCase("orc-shim", "make build")]
    [TestCase("proc/self/ns/net", "network namespaces")]
    [TestCase("proc/self/ns/pid", "pid namespaces")]
    [TestCase("proc/sys/net/ipv4/ip_forward", "IPv4 forwarding")]
    public void MissingFile_IsNamedWithAdvice(string file, string expected)
    {
        File.Delete(Path.Combine(root, file));
        Assert.That(Check, Throws.TypeOf<UserException>().With.Message.Contains(expected).And.Message.Not.Contains("\n"));
    }

    [Test]
    public void NoOverlay_SaysWhichModule()
    {
        Write("proc/filesystems", "nodev\tsysfs\n");
        Assert.That(Check, Throws.TypeOf<UserException>().With.Message.Contains("modprobe overlay"));
    }

    [Test]
    public void MissingController_IsNamed()
    {
        Write("sys/fs/cgroup/cgroup.controllers", "cpu pids\n");
        Assert.That(Check, Throws.TypeOf<UserException>().With.Message.Contains("'memory'"));
        File.Delete(Path.Combine(root, "sys/fs/cgroup/cgroup.controllers"));
        Directory.CreateDirectory(Path.Combine(root, "sys/fs/cgroup/cpu"));
        Assert.That(Check, Throws.TypeOf<UserException>().With.Message.Contains("'memory' is not mounted"));
    }

    [Test]
    public void RequireWritable_WhereAFileStands_NamesTheOption() =>
        Assert.That(() => LabPreflight.RequireWritable(Path.Combine(root, "orc-shim", "data"), "--data-dir"), Throws.TypeOf<UserException>().With.Message.Contains("--data-dir"));

    private void Check() => LabPreflight.CheckMachine(Path.Combine(root, "orc-shim"), root);

    private void Write(string file, string text)
    {
        var path = Path.Combine(root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
