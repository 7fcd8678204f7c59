using System.Text.Json.Nodes;
using static Orchestrator.E2E.Tests.LabUnderTest;

namespace Orchestrator.E2E.Tests;

/// <summary><c>orc ctr</c>: containers without a cluster.</summary>
public sealed class ContainerToolTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private string name = "";

    [SetUp]
    public void ChooseName() => name = $"e2e-{Environment.ProcessId}-{TestContext.CurrentContext.Test.ID}";

    [TearDown]
    public void Remove()
    {
        if (Listed(name))
            Ctr("rm", "--force", name).Succeeded();
    }

    [Test]
    public void Run_InTheForeground_PassesStreamsAndExitCode()
    {
        var result = Ctr("run", "--rm", "--name", name, "-e", "GREETING=hello", DemoImage, "sh", "-c", "echo $GREETING; echo wrong >&2; exit 7");

        Assert.That((result.Output, result.Error, result.ExitCode), Is.EqualTo(("hello\n", "wrong\n", 7)));
        Assert.That(Listed(name), Is.False, "--rm removes it");
    }

    [Test]
    public void Run_ThatSaysFarMoreThanIsKept_LosesNothing()
    {
        var result = Ctr("run", "--rm", DemoImage, "sh", "-c", "i=0; while [ $i -lt 100000 ]; do echo line $i; i=$((i+1)); done; seq 600000").Succeeded();

        var expected = Enumerable.Range(0, 100_000).Select(number => $"line {number}").Concat(Enumerable.Range(1, 600_000).Select(number => $"{number}"));
        Assert.That(result.Output == string.Concat(expected.Select(line => line + "\n")), "every line, in order");
    }

    [Test]
    public void Run_WithInput_GetsItToTheEnd() =>
        Assert.That(Command.Run(Orc, ["ctr", "run", "--rm", "-i", "--data-dir", DataDirectory, DemoImage, "wc", "-l"], "one\ntwo\n").Succeeded().Output.Trim(), Is.EqualTo("2"));

    [Test]
    public void Run_OfACommandThatIsNotThere_SaysSoAndLeavesNothing()
    {
        var result = Ctr("run", "--name", name, DemoImage, "no-such-command");

        Assert.That(result.ExitCode, Is.EqualTo(127));
        Assert.That(result.Error, Does.Contain("no-such-command").And.Contain("not found"));
        Assert.That(Listed(name), Is.False);
    }

    [Test]
    public void Run_WithANameInUse_IsRefused()
    {
        Ctr("run", "-d", "--name", name, DemoImage, "sleep", "1000").Succeeded();
        Assert.That(Ctr("run", "-d", "--name", name, DemoImage, "sleep", "1000").Failed().Error, Does.Contain("in use").And.Contain("orc ctr rm"));
    }

    [Test]
    public void DetachedContainer_FromRunToRemoval()
    {
        const string script = "trap 'echo bye; exit 3' TERM; echo started; while :; do sleep 0.1; done";
        Assert.That(Ctr("run", "-d", "--name", name, "--memory", "64Mi", DemoImage, "sh", "-c", script).Succeeded().Output, Is.EqualTo($"{name}\n"));

        Assert.That(RowOf(name), Does.Contain(DemoImage).And.Contain("running"));
        Assert.That(Ctr("exec", name, "--", "sh", "-c", "echo inside; exit 5"), Has.Property("Output").EqualTo("inside\n").And.Property("ExitCode").EqualTo(5));
        Eventually.Equals("log", Soon, "started\n", () => Ctr("logs", name).Output);
        var inspected = JsonNode.Parse(Ctr("inspect", name).Succeeded().Output)!.ToJsonString();
        Assert.That(inspected, Does.Contain(name).And.Contain(DemoImage));
        Assert.That(Ctr("stats", name).Succeeded().Output, Does.Contain(name));

        Ctr("stop", name).Succeeded();
        Assert.That(RowOf(name), Does.Contain("exited").And.Contain("3"));
        Assert.That(Ctr("logs", name).Succeeded().Output, Is.EqualTo("started\nbye\n"));
        Assert.That(Ctr("exec", name, "true").Failed().Error, Does.Contain("not running"));
        Ctr("rm", name).Succeeded();
        Assert.That(Listed(name), Is.False);
        Assert.That(Ctr("logs", name).Failed().Error, Does.Contain("orc ctr ps"));
    }

    private static CommandResult Ctr(string verb, params string[] arguments) =>
        RunOrc(verb == "run" ? ["ctr", "run", "--data-dir", DataDirectory, .. arguments] : ["ctr", verb, .. arguments]);

    private static bool Listed(string container) => RowOf(container).Length > 0;

    private static string RowOf(string container) =>
        Ctr("ps").Succeeded().Output.Split('\n').FirstOrDefault(line => line.StartsWith(container + " ", StringComparison.Ordinal)) ?? "";
}
