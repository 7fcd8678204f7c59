using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli.Cluster;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc why</c>: the chain of writes that led to an object, down to the person who typed the command. Also for deleted objects.</summary>
internal static class WhyCommand
{
    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var target = new Argument<string>("object") { Description = "TYPE/NAME" };
        var revision = new Option<long?>("--revision") { Description = "Explain this write of the object (default: its creation, or its deletion)" };
        var output = new Option<string>("--output", "-o") { Description = "table, json or yaml", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", "json", "yaml");
        var command = new Command("why", "Show why an object is there, or is gone") { target, revision, output };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var connection = cluster.Connect(parsed);
            var mapper = await ResourceMapper.LoadAsync(connection.Client, cancellationToken);
            var (resource, name) = ResourceArguments.ParseOne(parsed.GetValue(target)!, "pods", mapper);
            var scope = resource.Namespaced ? $"namespaces/{Uri.EscapeDataString(connection.Namespace)}/" : "";
            var path = $"/apis/lab.orc.dev/v1alpha1/{scope}causes?resource={resource.Plural}&group={resource.Group}&name={Uri.EscapeDataString(name!)}"
                + (parsed.GetValue(revision) is { } number ? $"&revision={number}" : "");
            var chain = await connection.Client.GetJsonAsync(path, "application/json", cancellationToken);
            switch (parsed.GetValue(output))
            {
                case "json":
                    Console.Out.WriteLine(chain.ToJsonString(JsonOutput.Indented));
                    break;
                case "yaml":
                    YamlOutput.Write(Console.Out, chain);
                    break;
                default:
                    Print(chain);
                    break;
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(JsonNode chain)
    {
        foreach (var link in chain["links"]?.AsArray() ?? [])
            PrintLink(link!);
        if (chain["truncated"]?.GetValue<bool>() == true)
            Console.Out.WriteLine("(older history is no longer kept)");
    }

    // One write on one line, and who made it on the next, indented by its distance from what is explained.
    private static void PrintLink(JsonNode link)
    {
        var indent = new string(' ', 2 * (link["depth"]?.GetValue<int>() ?? 0));
        var arrow = indent.Length == 0 ? "" : "because ";
        var by = link["by"];
        var fields = by?["fields"] is JsonArray { Count: > 0 } list ? $" ({string.Join(", ", list.Select(field => field!.ToString()))})" : "";
        Console.Out.WriteLine($"{indent}{arrow}{link["object"]} was {link["change"]} at revision {link["revision"]}{fields}");
        if (by is not null)
            Console.Out.WriteLine($"{indent}  {Writer(by)}, {by["time"]}");
    }

    private static string Writer(JsonNode by)
    {
        var cause = by["cause"];
        var agent = by["userAgent"]?.ToString().Split(' ')[0] ?? by["manager"]?.ToString() ?? "";
        return cause?["controller"] is { } controller
            ? $"by controller {controller} ({by["user"]}), reconciling {cause["object"]}"
            : $"by {by["user"]} with {agent}";
    }
}
