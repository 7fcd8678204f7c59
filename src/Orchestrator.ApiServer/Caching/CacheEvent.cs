using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Caching;

/// <summary>One change of one object, shared by all watchers.</summary>
/// <param name="Current">The object after the change; for a deletion its last state, under the deletion's revision.</param>
/// <param name="Previous">The object before; null for a creation.</param>
internal sealed record CacheEvent(CacheEventType Type, long Revision, CacheEntry Current, CacheEntry? Previous)
{
    private CacheEntry? left;

    /// <summary>What a watcher sees whose selector the object has just stopped matching: the former state, under this revision.</summary>
    public CacheEntry AsLeft(ResourceDefinition definition) => left ??= CacheEntry.Deleted(definition, Previous!, Revision);
}

internal enum CacheEventType { Added, Modified, Deleted }
