using System.Text.Json.Nodes;
using Orchestrator.E2E.Tests;

namespace Orchestrator.E2E.Crashes;

/// <summary>
/// Pods of a Deployment while their node's agent is killed: their processes go on, unless somebody wanted them to end; then they are
/// replaced, each once.
/// </summary>
internal sealed class CrashPods(string kubeconfig, Random random)
{
    private const int Replicas = 3;

    /// <summary>What no process on this machine does but those of this test's pods.</summary>
    private static readonly string Duration = $"{1_000_000_000L + Environment.ProcessId}";

    private static readonly TimeSpan ConvergeLimit = TimeSpan.FromSeconds(60);

    private Dictionary<string, Victim> before = [];
    private string doomed = "";
    private string harmed = "";

    public int Killed { get; private set; }

    public int Deleted { get; private set; }

    public void Create()
    {
        Command.Run("kubectl", ["--kubeconfig", kubeconfig, "apply", "-f", "-"], $$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: lasting }
            spec:
              replicas: {{Replicas}}
              selector: { matchLabels: { app: lasting } }
              template:
                metadata: { labels: { app: lasting } }
                spec:
                  # The node may be silent for long: nobody is to move them.
                  tolerations: [{ operator: Exists }]
                  terminationGracePeriodSeconds: 1
                  containers:
                  - { name: c, image: "{{LabUnderTest.DemoImage}}", command: ["sleep", "{{Duration}}"] }
            """).Succeeded();
        Verify();
    }

    /// <summary>Before the agent is killed. Now and then a pod is deleted, so that the agent dies somewhere between its first and its last step.</summary>
    public void Begin()
    {
        if (random.Next(2) == 0)
            return;
        doomed = before.Keys.Order().ElementAt(random.Next(Replicas));
        var name = Pods().Single(pod => Uid(pod) == doomed)["metadata"]!["name"]!.ToString();
        Kubectl("delete", "pod", name, "--wait=false").Succeeded();
        Deleted++;
    }

    /// <summary>While the agent is dead. Now and then a container ends with nobody there to see it.</summary>
    public void KillOne()
    {
        if (random.Next(2) == 0)
            return;
        harmed = before.Keys.Order().First(pod => pod != doomed);
        before[harmed].Kill($"the process of pod {harmed}");
        Killed++;
    }

    /// <summary>Once all runs again.</summary>
    public void Verify()
    {
        var after = new Dictionary<string, Victim>();
        Eventually.Holds("each pod is Ready and has one process", ConvergeLimit, () => Look(after = Processes()));
        foreach (var (pod, process) in before.Where(one => one.Key != doomed))
        {
            Assert.That(after, Does.ContainKey(pod), "a pod that nobody deleted");
            if (pod == harmed)
                Assert.That(after[pod], Is.Not.EqualTo(process), "the process of a container that was killed");
            else
                Assert.That(after[pod], Is.EqualTo(process), "the process of a container that nobody harmed");
        }

        Assert.That(after.ContainsKey(doomed), Is.False, "a pod that was deleted");
        (before, doomed, harmed) = (after, "", "");
    }

    /// <returns>Null when all is well.</returns>
    private string? Look(Dictionary<string, Victim> processes)
    {
        var pods = Pods();
        var ready = pods.Where(pod => pod["status"]!["containerStatuses"]?[0]?["ready"]?.GetValue<bool>() == true && pod["metadata"]!["deletionTimestamp"] is null).Select(Uid);
        return pods.Count == Replicas && processes.Count == Replicas && ready.ToHashSet().SetEquals(processes.Keys)
            ? null
            : $"processes: {string.Join(' ', processes.Keys)}; pods: {string.Join(' ', pods.Select(pod => pod.ToJsonString()))}";
    }

    private List<JsonNode> Pods()
    {
        var result = Kubectl("get", "pods", "-l", "app=lasting", "-o", "json");
        return result.ExitCode == 0 ? [.. JsonNode.Parse(result.Output)!["items"]!.AsArray().Select(pod => pod!)] : [];
    }

    /// <summary>By the pods' uid, which their cgroup names.</summary>
    /// <exception cref="AssertionException">A pod has several.</exception>
    private static Dictionary<string, Victim> Processes()
    {
        var found = new Dictionary<string, Victim>();
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                if (File.ReadAllText($"{directory}/cmdline") != $"sleep\0{Duration}\0")
                    continue;
                var uid = Parse(File.ReadAllText($"{directory}/cgroup"));
                Assert.That(found.TryAdd(uid, Victim.Of(int.Parse(Path.GetFileName(directory)))), Is.True, $"pod {uid} has two processes");
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return found;
    }

    private static string Parse(string cgroup) => System.Text.RegularExpressions.Regex.Match(cgroup, "/pod([0-9a-f-]{36})").Groups[1].Value;

    private static string Uid(JsonNode pod) => pod["metadata"]!["uid"]!.ToString();

    private CommandResult Kubectl(params string[] arguments) => Command.Run("kubectl", ["--kubeconfig", kubeconfig, .. arguments]);
}
