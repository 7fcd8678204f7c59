using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli.Cluster;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc get</c>: lists objects. The server supplies the columns, so a new kind needs no change here.</summary>
internal static class GetCommand
{
    private const string TableMediaType = "application/json;as=Table;v=v1;g=meta.k8s.io";

    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var words = new Argument<string[]>("resource") { Description = "TYPE [NAME…] or TYPE/NAME…", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o") { Description = "json, yaml, wide, name or table" };
        output.AcceptOnlyFromAmong("json", "yaml", "wide", "name", "table");
        var selector = new Option<string?>("--selector", "-l") { Description = "Label selector" };
        var fieldSelector = new Option<string?>("--field-selector") { Description = "Field selector" };
        var allNamespaces = new Option<bool>("--all-namespaces", "-A") { Description = "All namespaces" };
        var command = new Command("get", "Show objects") { words, output, selector, fieldSelector, allNamespaces };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var connection = cluster.Connect(parsed);
            var mapper = await ResourceMapper.LoadAsync(connection.Client, cancellationToken);
            var query = new GetQuery(
                connection, parsed.GetValue(allNamespaces) ? null : connection.Namespace,
                parsed.GetValue(selector), parsed.GetValue(fieldSelector), ParseFormat(parsed.GetValue(output)));
            var targets = ResourceArguments.Parse(parsed.GetValue(words)!, mapper);
            return query.Format switch
            {
                OutputFormat.Json or OutputFormat.Yaml => await PrintDocumentsAsync(query, targets, cancellationToken),
                _ => await PrintTablesAsync(query, targets, cancellationToken),
            };
        });
        return command;
    }

    private static OutputFormat ParseFormat(string? text) => text is null ? OutputFormat.Table : Enum.Parse<OutputFormat>(text, ignoreCase: true);

    private static async Task<int> PrintDocumentsAsync(GetQuery query, IReadOnlyList<ResourceTarget> targets, CancellationToken cancellationToken)
    {
        var documents = new List<JsonNode>();
        foreach (var target in targets)
            documents.Add(await query.Connection.Client.GetJsonAsync(query.Path(target), "application/json", cancellationToken));
        var result = documents.Count == 1 ? documents[0] : ListOf(documents);
        if (query.Format == OutputFormat.Json)
            Console.Out.WriteLine(result.ToJsonString(JsonOutput.Indented));
        else
            YamlOutput.Write(Console.Out, result);
        return ExitCode.Ok;
    }

    private static JsonObject ListOf(IEnumerable<JsonNode> documents) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "List",
        ["items"] = new JsonArray([.. documents.SelectMany(document =>
            document["items"] is JsonArray items ? items.Select(item => item!.DeepClone()) : [document.DeepClone()])]),
    };

    private static async Task<int> PrintTablesAsync(GetQuery query, IReadOnlyList<ResourceTarget> targets, CancellationToken cancellationToken)
    {
        var any = false;
        foreach (var group in targets.GroupBy(target => target.Resource))
        {
            var rows = new List<IReadOnlyList<string>>();
            ServerTable? table = null;
            foreach (var target in group)
            {
                var answer = await query.Connection.Client.GetJsonAsync(query.Path(target), TableMediaType, cancellationToken);
                table = new ServerTable(answer, query.Format == OutputFormat.Wide, query.Namespace is null && target.Resource.Namespaced, targets.Count > 1 ? target.Resource : null);
                rows.AddRange(query.Format == OutputFormat.Name ? table.Names(target.Resource) : table.Rows());
            }

            if (rows.Count == 0)
                continue;
            if (query.Format == OutputFormat.Name)
                rows.ForEach(row => Console.Out.WriteLine(row[0]));
            else
            {
                if (any)
                    Console.Out.WriteLine();
                TextTable.Write(Console.Out, table!.Header(), rows);
            }

            any = true;
        }

        if (!any)
            Console.Error.WriteLine(query.Namespace is null || !targets[0].Resource.Namespaced ? "No resources found" : $"No resources found in {query.Namespace} namespace.");
        return ExitCode.Ok;
    }
}

/// <summary>What is asked of the server.</summary>
/// <param name="Namespace">Null means all.</param>
internal sealed record GetQuery(ClusterConnection Connection, string? Namespace, string? LabelSelector, string? FieldSelector, OutputFormat Format)
{
    public string Path(ResourceTarget target)
    {
        if (target.Name is not null)
            return target.Resource.ObjectPath(Namespace ?? Connection.Namespace, target.Name);
        var path = target.Resource.CollectionPath(Namespace);
        var separator = '?';
        foreach (var (key, value) in ((string, string?)[])[("labelSelector", LabelSelector), ("fieldSelector", FieldSelector)])
        {
            if (value is null)
                continue;
            path += $"{separator}{key}={Uri.EscapeDataString(value)}";
            separator = '&';
        }

        return path;
    }
}
