using System.Text.Json;
using Orchestrator.Api.Selectors;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>Which objects a list or a watch is about, asked of what the store holds.</summary>
internal sealed class Selection(LabelMatcher labels, IReadOnlyList<FieldRequirement> fields)
{
    private const int MostRemembered = 4096;

    private readonly Dictionary<(string Key, long Revision), bool> remembered = [];

    public static Selection Everything { get; } = new(LabelMatcher.Everything, []);

    public bool IsEverything => labels.IsEverything && fields.Count == 0;

    public static Selection Of(string? labelSelector, string? fieldSelector) => string.IsNullOrEmpty(labelSelector) && string.IsNullOrEmpty(fieldSelector)
        ? Everything
        : new Selection(string.IsNullOrEmpty(labelSelector) ? LabelMatcher.Everything : LabelMatcher.Parse(labelSelector), FieldSelectorText.Parse(fieldSelector).Requirements);

    public bool Matches(KeyValue? item)
    {
        if (item is null || IsEverything)
            return item is not null;
        // Each version is asked for as what comes and as what went, and by marks.
        if (remembered.TryGetValue((item.Key, item.ModRevision), out var known))
            return known;
        if (remembered.Count == MostRemembered)
            remembered.Clear();
        return remembered[(item.Key, item.ModRevision)] = Decide(item);
    }

    /// <summary>How a change looks to a watcher; null: not at all.</summary>
    public string? TypeOf(WatchChange change) => (Matches(change.Previous), Matches(change.Current)) switch
    {
        (true, true) => "MODIFIED",
        (false, true) => "ADDED",
        (true, false) => "DELETED",
        _ => null,
    };

    private bool Decide(KeyValue item)
    {
        using var document = JsonDocument.Parse(StoredForm.Json(item));
        foreach (var one in fields)
        {
            if (Find(document.RootElement, one.Field) == one.Value != one.Equal)
                return false;
        }

        var found = document.RootElement.GetProperty("metadata").TryGetProperty("labels", out var list)
            ? list.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!)
            : null;
        return labels.Matches(found);
    }

    private static string Find(JsonElement element, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return path is "spec.unschedulable" or "spec.hostNetwork" ? "false" : path is "status.replicas" ? "0" : "";
        }

        return element.ValueKind switch { JsonValueKind.True => "true", JsonValueKind.False => "false", _ => element.ToString() };
    }
}
