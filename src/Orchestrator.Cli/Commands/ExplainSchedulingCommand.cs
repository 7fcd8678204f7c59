using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Lab.V1Alpha1;
using Orchestrator.Api.Serialization;
using Orchestrator.Cli.Cluster;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc explain-scheduling</c>: why a pod runs where it does, or why it runs nowhere: the scheduler's table of nodes and plugins.</summary>
internal static class ExplainSchedulingCommand
{
    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var target = new Argument<string>("pod") { Description = "POD or pod/POD; also one that is gone" };
        var output = new Option<string>("--output", "-o") { Description = "table, json or yaml", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", "json", "yaml");
        var command = new Command("explain-scheduling", "Show why a pod was given its node, or was given none") { target, output };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var connection = cluster.Connect(parsed);
            var name = PodName(parsed.GetValue(target)!);
            var trace = await ReadAsync(connection.Client, connection.Namespace, name, cancellationToken);
            switch (parsed.GetValue(output))
            {
                case "json":
                    Console.Out.WriteLine(trace.ToJsonString(JsonOutput.Indented));
                    break;
                case "yaml":
                    YamlOutput.Write(Console.Out, trace);
                    break;
                default:
                    SchedulingTraceText.Write(Console.Out, ApiJson.Deserialize<SchedulingTrace>(System.Text.Encoding.UTF8.GetBytes(trace.ToJsonString())));
                    break;
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static string PodName(string word) => word.Split('/') switch
    {
        [{ Length: > 0 } name] => name,
        ["pod" or "pods" or "po", { Length: > 0 } name] => name,
        _ => throw new UserException($"name a pod, such as 'pod/web-1', not '{word}'", ExitCode.Usage),
    };

    private static async Task<JsonNode> ReadAsync(ApiClient client, string @namespace, string name, CancellationToken cancellationToken)
    {
        var path = $"/apis/lab.orc.dev/v1alpha1/namespaces/{Uri.EscapeDataString(@namespace)}/schedulingtraces/{Uri.EscapeDataString(name)}";
        try
        {
            return await client.GetJsonAsync(path, "application/json", cancellationToken);
        }
        catch (ApiException exception) when (exception.Reason == StatusReason.NotFound)
        {
            throw new UserException(await WhyThereIsNoneAsync(client, @namespace, name, cancellationToken));
        }
    }

    private static async Task<string> WhyThereIsNoneAsync(ApiClient client, string @namespace, string name, CancellationToken cancellationToken)
    {
        Pod pod;
        try
        {
            pod = await client.GetAsync<Pod>(@namespace, name, cancellationToken);
        }
        catch (ApiException exception) when (exception.Reason == StatusReason.NotFound)
        {
            return $"there is no pod {@namespace}/{name}, and none of that name was scheduled lately";
        }

        var about = $"pod {@namespace}/{name}";
        if (pod.Spec?.NodeName is { Length: > 0 } node)
            return $"{about} is on {node}, but no trace is kept: whoever made it named the node, or it was placed too long ago";
        if (pod.Spec?.SchedulingGates is { Count: > 0 } gates)
            return $"{about} is held back by its scheduling gates: {string.Join(", ", gates.Select(gate => gate.Name))}";
        return $"no scheduler has looked at {about} yet (schedulerName: {pod.Spec?.SchedulerName}); is that scheduler running?";
    }
}
