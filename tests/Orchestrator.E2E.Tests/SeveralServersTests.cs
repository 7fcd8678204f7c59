using System.Text.Json.Nodes;
using static Orchestrator.E2E.Tests.LabUnderTest;

namespace Orchestrator.E2E.Tests;

/// <summary>A lab of three control planes over three members of etcd, beside the one that the other tests use.</summary>
public sealed class SeveralServersTests
{
    private const string Lab = "e2e-three";
    private const int Servers = 3;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private static readonly string LabKubeconfig = Path.Combine(WorkDirectory, "three.kubeconfig");

    [TearDown]
    public void Down() => Orc("down", "--purge").Succeeded();

    [Test]
    public void ServersAndMembers_KilledOneByOne_ClusterGoesOnAndUpCompletesIt()
    {
        Up("--store", "etcd", "--servers", $"{Servers}", "--nodes", "1");
        Assert.That(States(), Has.Count.EqualTo((2 * Servers) + 1).And.All.EqualTo("running"));
        Eventually.Equals("servers behind Service kubernetes", Soon, Servers, Endpoints);

        KillLeader();
        AssertServesEveryTime("after the loss of a server");
        Kubectl("create", "deployment", "lasting", $"--image={DemoImage}").Succeeded();
        Eventually.Equals("ready replicas, by another leader", Soon, "1", () => Field("deployment/lasting", ".status.readyReplicas"));

        Kill("etcd-2");
        AssertServesEveryTime("after the loss of a member of etcd");
        Assert.That(Orc("status").Failed().Output.Split("stopped"), Has.Length.EqualTo(3));

        Up();
        Assert.That(States(), Is.All.EqualTo("running"));
        Eventually.Equals("servers behind Service kubernetes", Soon, Servers, Endpoints);

        var uid = Field("deployment/lasting", ".metadata.uid");
        Orc("down").Succeeded();
        Up();
        Assert.That(Field("deployment/lasting", ".metadata.uid"), Is.EqualTo(uid));
    }

    [Test]
    public void Servers_WithAStoreForOne_AreRefused()
    {
        var refused = Orc("up", "--servers", "3");
        Assert.That((refused.ExitCode, refused.Error), Is.EqualTo((2, "orc: --servers 3 needs a store that several API servers can share, and sqlite belongs to one: "
            + "add --store etcd, or the endpoints of an etcd cluster\n")));
    }

    private static void Up(params string[] more) => Orc(["up", "--kubeconfig", LabKubeconfig, .. more]).Succeeded();

    private static CommandResult Orc(params string[] arguments) => RunOrc([.. arguments, "--name", Lab, "--data-dir", DataDirectory]);

    private static CommandResult Kubectl(params string[] arguments) => Command.Run("kubectl", ["--kubeconfig", LabKubeconfig, .. arguments]);

    private static string Field(string item, string path) => Kubectl("get", item, "-o", $"jsonpath={{{path}}}").Succeeded().Output.TrimEnd('\n');

    private static List<string> States() =>
        [.. JsonNode.Parse(Orc("status", "-o", "json").Output)!.AsArray().Select(row => row!["state"]!.ToString())];

    private static int Endpoints() => Field("endpointslice/kubernetes", ".endpoints[*].addresses[0]").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;

    private static void AssertServesEveryTime(string when)
    {
        for (var i = 0; i < 8; i++)
            Assert.That(Kubectl("get", "namespaces").ExitCode, Is.Zero, when);
    }

    private static void KillLeader()
    {
        var holder = Kubectl("get", "lease", "kube-controller-manager", "-n", "kube-system", "-o", "jsonpath={.spec.holderIdentity}").Succeeded().Output.Trim();
        Kill(holder[holder.IndexOf("control-plane-", StringComparison.Ordinal)..]);
    }

    private static void Kill(string component)
    {
        var pid = File.ReadAllText($"/run/orchestrator/{Lab}/{component}.pid").Split(' ')[0];
        Command.Run("kill", ["-9", pid]).Succeeded();
    }
}
