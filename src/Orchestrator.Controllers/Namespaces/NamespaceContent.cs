using Orchestrator.Api;
using Orchestrator.Client.Metadata;

namespace Orchestrator.Controllers.Namespaces;

/// <summary>What is still in a namespace that is being deleted, as its conditions tell.</summary>
internal sealed class NamespaceContent
{
    private readonly SortedDictionary<string, int> remaining = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> finalizers = new(StringComparer.Ordinal);
    private readonly List<string> failures = [];

    public bool IsEmpty => remaining.Count == 0 && failures.Count == 0;

    public string? Remaining => remaining.Count == 0
        ? null
        : "Some resources are remaining: " + string.Join(", ", remaining.Select(r => $"{r.Key} has {r.Value} resource instances"));

    public string? Finalizers => finalizers.Count == 0
        ? null
        : "Some content in the namespace has finalizers remaining: " + string.Join(", ", finalizers.Select(f => $"{f.Key} in {f.Value} resource instances"));

    public string? Failure => failures.Count == 0 ? null : "Failed to delete all resource types: " + string.Join("; ", failures);

    public void Add(GroupVersionResource resource, IReadOnlyList<PartialObjectMetadata> items)
    {
        if (items.Count == 0)
            return;
        remaining[resource.Group.Length == 0 ? resource.Resource + "." : resource.QualifiedResource] = items.Count;
        foreach (var item in items)
        {
            foreach (var finalizer in item.Metadata.Finalizers ?? [])
                finalizers[finalizer] = finalizers.GetValueOrDefault(finalizer) + 1;
        }
    }

    public void Fail(GroupVersionResource resource, string message) => failures.Add($"{resource.QualifiedResource}: {message}");
}
