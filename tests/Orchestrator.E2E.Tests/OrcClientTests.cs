using static Orchestrator.E2E.Tests.LabUnderTest;

namespace Orchestrator.E2E.Tests;

/// <summary>A machine without kubectl does the main job with orc itself.</summary>
public sealed class OrcClientTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private const string Manifest = """
        apiVersion: v1
        kind: Pod
        metadata: { name: by-orc, labels: { made: by-orc } }
        spec:
          containers:
          - name: c
            image: orc.dev/demo:1
            command: ["sh", "-c", "echo hello from orc; sleep 3600"]
        """;

    [Test]
    public void ApplyGetLogsExecDelete_DoTheMainJob()
    {
        var file = Path.Combine(LabUnderTest.WorkDirectory, "by-orc.yaml");
        File.WriteAllText(file, Manifest);
        Assert.That(Orc("apply", "-f", file).Succeeded().Output, Does.Contain("pod/by-orc created"));
        Assert.That(Orc("apply", "-f", file).Succeeded().Output, Does.Contain("pod/by-orc unchanged"));
        Kubectl("wait", "--for=condition=Ready", "pod/by-orc", "--timeout=20s").Succeeded();
        Assert.That(Orc("get", "pods", "-l", "made=by-orc").Succeeded().Output, Does.Contain("by-orc").And.Contain("Running"));
        Assert.That(Orc("get", "pod", "by-orc", "-o", "yaml").Succeeded().Output, Does.Contain("kind: Pod"));
        Assert.That(Orc("logs", "by-orc").Succeeded().Output, Is.EqualTo("hello from orc\n"));
        Assert.That(Orc("exec", "by-orc", "--", "echo", "inside").Succeeded().Output, Is.EqualTo("inside\n"));
        Assert.That(Orc("exec", "by-orc", "--", "sh", "-c", "exit 3").ExitCode, Is.EqualTo(3));
        Assert.That(Orc("delete", "pod", "by-orc", "--grace-period", "1").Succeeded().Output, Does.Contain("deleted"));
        Assert.That(Orc("get", "pod", "by-orc").Failed().Error, Does.Contain("not found"));
    }

    [Test]
    public void Why_APodOfADeployment_LeadsToThePersonWhoTypedTheCommand()
    {
        Demo.Apply();
        var pod = Demo.NameOf(Demo.RunningPods()[0]);
        var chain = Orc("why", $"pod/{pod}").Succeeded().Output;
        Assert.That(chain, Does.Contain("replicaset").And.Contain("deployment").And.Contain("kubectl"));
    }

    [Test]
    public void ExplainScheduling_OfBoundAndPendingPods_ShowsNodesAndPlugins()
    {
        Demo.Apply();
        Apply("""
            apiVersion: v1
            kind: Pod
            metadata: { name: too-big }
            spec: { containers: [ { name: c, image: orc.dev/demo:1, resources: { requests: { cpu: "100" } } } ] }
            """).Succeeded();
        var bound = Demo.RunningPods()[0];
        Eventually.Holds("trace of a bound pod", Soon, () => Problem(Orc("explain-scheduling", $"pod/{Demo.NameOf(bound)}"), $"was given {bound["spec"]!["nodeName"]}", "NodeResourcesFit", "chosen"));
        Eventually.Holds("trace of a pending pod", Soon, () => Problem(Orc("explain-scheduling", "too-big"), "0/3 nodes are available: 3 Insufficient cpu.", "NodeResourcesFit: Insufficient cpu"));
        Assert.That(Json("get", "schedulingtrace", "too-big")["refusals"]![0]!["count"]!.GetValue<int>(), Is.EqualTo(3));
        Kubectl("delete", "pod", "too-big").Succeeded();
        Assert.That(Orc("explain-scheduling", "never-made").Failed().Error, Does.Contain("there is no pod"));
    }

    [Test]
    public void UsageError_ExitsWithTwo()
    {
        Assert.That(Orc("get").ExitCode, Is.EqualTo(2));
        Assert.That(Orc("nonsense").ExitCode, Is.EqualTo(2));
        Assert.That(Orc("--help").ExitCode, Is.Zero);
    }

    private static string? Problem(CommandResult result, params string[] expected) =>
        Array.Find(expected, text => !result.Output.Contains(text, StringComparison.Ordinal)) is { } missing ? $"\"{missing}\" is missing:\n{result.Output}{result.Error}" : null;

    private static CommandResult Orc(params string[] arguments)
    {
        var end = Array.IndexOf(arguments, "--");
        string[] withConfig = end < 0
            ? [.. arguments, "--kubeconfig", Kubeconfig]
            : [.. arguments[..end], "--kubeconfig", Kubeconfig, .. arguments[end..]];
        return RunOrc(arguments is ["nonsense"] or ["--help"] ? arguments : withConfig);
    }
}
