using static Orchestrator.E2E.Tests.LabUnderTest;

namespace Orchestrator.E2E.Tests;

/// <summary>A lab whose state is in an etcd of its own: <c>orc up --store etcd</c>.</summary>
public sealed class EtcdLabTests
{
    private const string Lab = "e2e-etcd";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private static string LabData => Path.Combine(WorkDirectory, "etcd-data");

    private static string LabKubeconfig => Path.Combine(WorkDirectory, "etcd-kubeconfig");

    [OneTimeSetUp]
    public void NeedEtcd()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, "etcd"))))
            Assert.Ignore("etcd is not installed; 'hack/setup.sh --test' installs it");
    }

    [OneTimeTearDown]
    public void Purge()
    {
        if (Directory.Exists(LabData))
            RunOrc("down", "--name", Lab, "--data-dir", LabData, "--purge").Succeeded();
    }

    [Test]
    public void EtcdKilled_UpResumesWithAllThatWasWritten()
    {
        Up("--store", "etcd");
        KubectlHere("create", "configmap", "kept", "--from-literal=a=b").Succeeded();
        Assert.That(Status(), Does.Match("etcd .*running"));

        Command.Run("kill", ["-9", PidOf("etcd")]).Succeeded();
        Eventually.Holds("etcd is seen to be gone", Soon, () => Status().Split('\n').Any(line => line.StartsWith("etcd", StringComparison.Ordinal) && line.Contains("running")) ? Status() : null);
        Up();

        Assert.That(Status(), Does.Match("etcd .*running"));
        Assert.That(KubectlHere("get", "configmap", "kept", "-o", "jsonpath={.data.a}").Succeeded().Output.Trim(), Is.EqualTo("b"));
        KubectlHere("create", "configmap", "after", "--from-literal=a=b").Succeeded();

        RunOrc("down", "--name", Lab, "--data-dir", LabData, "--purge").Succeeded();
        Assert.That(Directory.Exists(LabData), Is.False, "nothing is left of the lab");
    }

    private static void Up(params string[] more) =>
        RunOrc(["up", "--name", Lab, "--nodes", "1", "--data-dir", LabData, "--kubeconfig", LabKubeconfig, .. more]).Succeeded();

    private static string Status() => RunOrc("status", "--name", Lab, "--data-dir", LabData).Output;

    private static string PidOf(string component) => File.ReadAllText($"/run/orchestrator/{Lab}/{component}.pid").Split(' ')[0];

    private static CommandResult KubectlHere(params string[] arguments) => Command.Run("kubectl", ["--kubeconfig", LabKubeconfig, .. arguments]);
}
