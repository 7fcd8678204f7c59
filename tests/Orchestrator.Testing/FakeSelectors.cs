using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Selectors;
using Orchestrator.Client;

namespace Orchestrator.Testing;

/// <summary>Label and field selectors of a list or watch; a field selector may name any scalar field of the object.</summary>
internal sealed class FakeSelectors
{
    private readonly LabelMatcher? labels;
    private readonly List<(string[] Path, bool Equal, string Value)> fields = [];

    public FakeSelectors(ListOptions options)
    {
        labels = string.IsNullOrEmpty(options.LabelSelector) ? null : LabelMatcher.Parse(options.LabelSelector);
        foreach (var term in (options.FieldSelector ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equal = !term.Contains("!=", StringComparison.Ordinal);
            var parts = term.Split(equal ? (term.Contains("==", StringComparison.Ordinal) ? "==" : "=") : "!=", 2);
            fields.Add((parts[0].Split('.'), equal, parts[1]));
        }
    }

    public bool Match(StoredObject stored)
    {
        if (labels is not null && !labels.Matches(stored.Object.Metadata.Labels))
            return false;
        foreach (var (path, equal, value) in fields)
        {
            if ((TextAt(stored.Json, path) == value) != equal)
                return false;
        }

        return true;
    }

    private static string TextAt(JsonObject json, string[] path)
    {
        JsonNode? node = json;
        foreach (var part in path)
            node = (node as JsonObject)?[part];
        return node?.ToString() ?? "";
    }
}

/// <summary>An object as typed record and as JSON; both are read-only once stored.</summary>
internal sealed record StoredObject(KubernetesObject Object, JsonObject Json);
