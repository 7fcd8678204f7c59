namespace Orchestrator.Storage.Watching;

internal static class PrefixFilter
{
    /// <summary>The batch reduced to one prefix: the same object when all of it matches, null when nothing does.</summary>
    public static WatchBatch? Apply(WatchBatch batch, string prefix)
    {
        var changes = batch.Changes;
        var matches = 0;
        for (var i = 0; i < changes.Count; i++)
        {
            if (changes[i].Key.StartsWith(prefix, StringComparison.Ordinal))
                matches++;
        }
        if (matches == 0)
            return null;
        if (matches == changes.Count)
            return batch;

        var kept = new List<WatchChange>(matches);
        for (var i = 0; i < changes.Count; i++)
        {
            if (changes[i].Key.StartsWith(prefix, StringComparison.Ordinal))
                kept.Add(changes[i]);
        }
        return new WatchBatch(batch.Revision, kept);
    }
}
