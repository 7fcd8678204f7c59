using static Orchestrator.E2E.Tests.LabUnderTest;

namespace Orchestrator.E2E.Tests;

/// <summary>The kubectl commands people use daily, on the demo.</summary>
public sealed class KubectlTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [OneTimeSetUp]
    public void ApplyDemo() => Demo.Apply();

    [TestCase("deployment/demo", "RollingUpdateStrategy")]
    [TestCase("service/demo", "Endpoints:")]
    [TestCase("node/node1", "Allocatable:")]
    [TestCase("configmap", "Data")]
    public void Describe_KnownKinds_Explains(string what, string expected) =>
        Assert.That(Kubectl("describe", what).Succeeded().Output, Does.Contain(expected));

    [Test]
    public void DescribePod_Running_ShowsItsEvents()
    {
        var pod = Demo.NameOf(Demo.RunningPods()[0]);
        Assert.That(Kubectl("describe", "pod", pod).Succeeded().Output, Does.Contain("Started").And.Contain("Scheduled"));
    }

    [Test]
    public void Logs_Follow_ShowsRequestsAsTheyCome()
    {
        var pod = Demo.RunningPods()[0];
        using var follow = Command.Start("kubectl", ["--kubeconfig", Kubeconfig, "logs", "-f", Demo.NameOf(pod)]);
        try
        {
            var marker = $"/marker-{follow.Id}";
            Curl($"http://{pod["status"]!["podIP"]}:8080{marker}");
            var seen = Task.Run(() =>
            {
                while (follow.StandardOutput.ReadLine() is { } line)
                {
                    if (line.Contains(marker))
                        return true;
                }

                return false;
            });
            Assert.That(seen.Wait(Soon) && seen.Result, "the request is in the followed log");
        }
        finally
        {
            follow.Kill();
        }
    }

    [Test]
    public void Exec_ExitCode_IsTheCommands()
    {
        Assert.That(Kubectl("exec", "deployment/demo", "--", "sh", "-c", "exit 7").ExitCode, Is.EqualTo(7));
        Assert.That(Kubectl("exec", "deployment/demo", "--", "sh", "-c", "echo out; echo err >&2").Succeeded(),
            Has.Property("Output").EqualTo("out\n").And.Property("Error").Contains("err"));
    }

    [Test]
    public void Exec_WithTerminal_GivesOne()
    {
        // script(1) lends kubectl a terminal.
        var result = Command.Run("script", ["-qec", $"kubectl --kubeconfig {Kubeconfig} exec -it deployment/demo -- sh -c 'test -t 0 && echo is-a-tty'", "/dev/null"]);
        Assert.That(result.Output, Does.Contain("is-a-tty"));
    }

    [Test]
    public void Cp_ThereAndBack_KeepsTheBytes()
    {
        var pod = Demo.NameOf(Demo.RunningPods()[0]);
        var source = Path.Combine(LabUnderTest.WorkDirectory, "cp-source");
        var target = Path.Combine(LabUnderTest.WorkDirectory, "cp-target");
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(source, bytes);
        Kubectl("cp", source, $"{pod}:/tmp/copied").Succeeded();
        Kubectl("cp", $"{pod}:/tmp/copied", target).Succeeded();
        Assert.That(File.ReadAllBytes(target), Is.EqualTo(bytes));
    }

    [Test]
    public void PortForward_ToAPod_Answers()
    {
        using var forward = Command.Start("kubectl", ["--kubeconfig", Kubeconfig, "port-forward", "deployment/demo", ":8080"]);
        try
        {
            var line = forward.StandardOutput.ReadLine() ?? forward.StandardError.ReadToEnd();
            Assert.That(line, Does.StartWith("Forwarding from 127.0.0.1:"));
            var port = line.Split(':')[1].Split(' ')[0];
            for (var i = 0; i < 3; i++)
                Assert.That(Curl($"http://127.0.0.1:{port}/api/info"), Does.Contain("hostName"));
        }
        finally
        {
            forward.Kill();
        }
    }

    [Test]
    public void Scale_UpAndDown_IsFollowed()
    {
        Kubectl("scale", "deployment/demo", "--replicas=5").Succeeded();
        Kubectl("rollout", "status", "deployment/demo", "--timeout=30s").Succeeded();
        Assert.That(Demo.RunningPods(), Has.Count.EqualTo(5));
        Kubectl("scale", "deployment/demo", "--replicas=3").Succeeded();
        Eventually.Equals("running pods", Soon, 3, () => Demo.RunningPods().Count);
    }

    [Test]
    public void RolloutUndo_AfterAChange_GoesBack()
    {
        Kubectl("set", "env", "deployment/demo", "COLOR=green").Succeeded();
        Kubectl("rollout", "status", "deployment/demo", "--timeout=60s").Succeeded();
        Assert.That(Kubectl("rollout", "history", "deployment/demo").Succeeded().Output, Does.Contain("2"));
        Kubectl("rollout", "undo", "deployment/demo").Succeeded();
        Kubectl("rollout", "status", "deployment/demo", "--timeout=60s").Succeeded();
        Assert.That(Kubectl("get", "deployment", "demo", "-o", "yaml").Succeeded().Output, Does.Not.Contain("COLOR"));
    }

    [Test]
    public void LabelAnnotateEditPatch_ChangeTheObject()
    {
        Kubectl("label", "service/demo", "tier=front").Succeeded();
        Kubectl("annotate", "service/demo", "note=seen").Succeeded();
        Kubectl("patch", "service/demo", "--type=json", "-p", """[{"op":"add","path":"/metadata/labels/patched","value":"yes"}]""").Succeeded();
        var edit = Command.Run("env", ["KUBE_EDITOR=sed -i s/front/back/", "kubectl", "--kubeconfig", Kubeconfig, "edit", "service/demo"]).Succeeded();
        Assert.That(edit.Output, Does.Contain("edited"));
        var metadata = Json("get", "service", "demo")["metadata"]!;
        Assert.That(metadata["labels"]!["tier"]!.ToString(), Is.EqualTo("back"));
        Assert.That(metadata["labels"]!["patched"]!.ToString(), Is.EqualTo("yes"));
        Assert.That(metadata["annotations"]!["note"]!.ToString(), Is.EqualTo("seen"));
        Kubectl("label", "service/demo", "tier-", "patched-").Succeeded();
        Kubectl("annotate", "service/demo", "note-").Succeeded();
    }

    [Test]
    public void Wait_ForACondition_Returns() =>
        Kubectl("wait", "--for=condition=Available", "deployment/demo", "--timeout=20s").Succeeded();

    [Test]
    public void EventsAndDiscovery_AreServed()
    {
        Assert.That(Kubectl("events").Succeeded().Output, Does.Contain("Deployment/demo"));
        Assert.That(Kubectl("api-resources").Succeeded().Output, Does.Contain("deployments").And.Contain("endpointslices"));
        Assert.That(Kubectl("explain", "deployment.spec.strategy").Succeeded().Output, Does.Contain("rollingUpdate"));
        Assert.That(Kubectl("version").Succeeded().Output, Does.Contain("v1.36"));
        Assert.That(Kubectl("auth", "can-i", "create", "pods").Succeeded().Output, Does.Contain("yes"));
    }

    [Test]
    public void Top_WithoutMetrics_SaysSo() =>
        Assert.That(Kubectl("top", "nodes").Failed().Error, Does.Contain("Metrics API not available"));

    [Test]
    public void ServerSideApplyAndDiff_Work()
    {
        Kubectl("apply", "--server-side", "--force-conflicts", "-f", Path.Combine(Root, "manifests")).Succeeded();
        Kubectl("diff", "-f", Path.Combine(Root, "manifests")).Succeeded();
    }
}
