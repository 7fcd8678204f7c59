using System.Text.Json.Nodes;
using Orchestrator.Cli.Cluster;

namespace Orchestrator.Cli.Output;

/// <summary>A meta.k8s.io/v1 Table as answered by the server, ready to print.</summary>
internal sealed class ServerTable
{
    private readonly JsonArray rows;
    private readonly List<int> columns = [];
    private readonly List<string> header = [];
    private readonly bool withNamespace;
    private readonly string namePrefix;

    /// <param name="prefixResource">Names are shown as TYPE/NAME when several types are printed.</param>
    public ServerTable(JsonNode table, bool wide, bool withNamespace, DiscoveredResource? prefixResource)
    {
        if (table["columnDefinitions"] is not JsonArray definitions)
            throw new UserException("the server did not answer with a table");
        rows = table["rows"] as JsonArray ?? [];
        this.withNamespace = withNamespace;
        namePrefix = prefixResource is null ? "" : prefixResource.QualifiedSingular + "/";
        if (withNamespace)
            header.Add("NAMESPACE");
        for (var i = 0; i < definitions.Count; i++)
        {
            if (!wide && definitions[i]!["priority"]?.GetValue<int>() > 0)
                continue;
            columns.Add(i);
            header.Add(definitions[i]!["name"]!.GetValue<string>().ToUpperInvariant());
        }
    }

    public IReadOnlyList<string> Header() => header;

    public IEnumerable<IReadOnlyList<string>> Rows() => rows.Select(row => Cells(row!));

    public IEnumerable<IReadOnlyList<string>> Names(DiscoveredResource resource) =>
        rows.Select(row => (IReadOnlyList<string>)[$"{resource.QualifiedSingular}/{row!["object"]?["metadata"]?["name"]}"]);

    private List<string> Cells(JsonNode row)
    {
        var cells = new List<string>();
        if (withNamespace)
            cells.Add(row["object"]?["metadata"]?["namespace"]?.ToString() ?? "");
        for (var i = 0; i < columns.Count; i++)
            cells.Add((i == 0 ? namePrefix : "") + (row["cells"]?[columns[i]]?.ToString() ?? "<none>"));
        return cells;
    }
}
