using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Caching;

/// <summary>One change of one object, shared by all watchers.</summary>
/// <param name="Current">The object after the change; for a deletion its last state, under the deletion's revision.</param>
/// <param name="Previous">The object before; null for a creation.</param>
internal sealed record CacheEvent(CacheEventType Type, long Revision, CacheEntry Current, CacheEntry? Previous)
{
    /// <summary>Of the event itself, its entry and its path.</summary>
    private const int Overhead = 200;

    private CacheEntry? left;

    /// <summary>
    /// What the log keeps in memory by keeping this. A former state is of no other use, and neither is a deleted one; the state after a
    /// change is either the present one or the former state of a later event.
    /// </summary>
    public int LoggedBytes { get; } = Overhead + (Previous?.Bytes ?? 0) + (Type == CacheEventType.Deleted ? Current.Bytes : 0);

    /// <summary>Timestamp of the log.</summary>
    public long LoggedAt { get; set; }

    /// <summary>What a watcher sees whose selector the object has just stopped matching: the former state, under this revision.</summary>
    public CacheEntry AsLeft(ResourceDefinition definition) => left ??= CacheEntry.Deleted(definition, Previous!, Revision);
}

internal enum CacheEventType { Added, Modified, Deleted }
