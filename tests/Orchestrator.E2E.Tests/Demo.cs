using System.Text.Json.Nodes;

namespace Orchestrator.E2E.Tests;

/// <summary>The demo application of manifests/, as the tests look at it.</summary>
internal static class Demo
{
    public static void Apply()
    {
        LabUnderTest.Kubectl("apply", "-f", Path.Combine(LabUnderTest.Root, "manifests")).Succeeded();
        LabUnderTest.Kubectl("rollout", "status", "deployment/demo", "--timeout=30s").Succeeded();
    }

    /// <summary>As on a fresh lab: what scaling and rollouts of other tests left on the nodes is gone.</summary>
    public static void ApplyAnew()
    {
        LabUnderTest.Kubectl("delete", "deployment", "demo", "--ignore-not-found", "--cascade=foreground", "--timeout=60s").Succeeded();
        Apply();
    }

    public static IReadOnlyList<JsonNode> RunningPods() =>
        [.. LabUnderTest.Json("get", "pods", "-l", "app=demo")["items"]!.AsArray()
            .Where(pod => pod!["metadata"]!["deletionTimestamp"] is null && pod["status"]!["phase"]!.ToString() == "Running")
            .Select(pod => pod!)];

    public static string NameOf(JsonNode item) => item["metadata"]!["name"]!.ToString();

    public static string ClusterIp() => LabUnderTest.Json("get", "service", "demo")["spec"]!["clusterIP"]!.ToString();

    public static string NodeIp(int index = 0) =>
        LabUnderTest.Json("get", "nodes")["items"]![index]!["status"]!["addresses"]!.AsArray()
            .First(address => address!["type"]!.ToString() == "InternalIP")!["address"]!.ToString();

    /// <summary>Which pods answer at an address, asked often enough to meet all of them.</summary>
    public static IReadOnlySet<string> AnsweringPods(string url, int requests = 40)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < requests; i++)
        {
            var answer = LabUnderTest.Curl(url + "/api/info");
            if (answer.Length > 0)
                names.Add(JsonNode.Parse(answer)!["hostName"]!.ToString());
        }

        return names;
    }
}
