using Orchestrator.Api;
using Orchestrator.Client.Metadata;

namespace Orchestrator.Controllers.GarbageCollection;

/// <summary>Finds the resource of a kind that an owner reference names. Replaced as a whole, read without a lock.</summary>
internal sealed class KindCatalog
{
    private volatile Dictionary<(string Group, string Kind), DiscoveredResource> byKind = [];

    public void Replace(IEnumerable<DiscoveredResource> kinds)
    {
        var result = new Dictionary<(string, string), DiscoveredResource>();
        foreach (var kind in kinds)
            result.TryAdd((kind.Resource.Group, kind.Kind), kind);
        byKind = result;
    }

    /// <summary>Any version of the group will do: the object is the same one.</summary>
    public DiscoveredResource? Find(string? apiVersion, string? kind) =>
        byKind.GetValueOrDefault((GroupVersionKind.Parse(apiVersion ?? "", kind ?? "").Group, kind ?? ""));
}
