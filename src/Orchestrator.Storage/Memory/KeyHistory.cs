namespace Orchestrator.Storage.Memory;

/// <summary>One key and all its kept versions, oldest first. A version without value is a deletion.</summary>
internal sealed class KeyHistory(string key)
{
    private readonly record struct Entry(long Revision, KeyValue? Value);

    private readonly List<Entry> entries = [];

    public string Key { get; } = key;

    public KeyValue? Latest => entries.Count == 0 ? null : entries[^1].Value;

    public bool IsForgotten => entries.Count == 0;

    /// <summary>Keys and values of all versions.</summary>
    public long Bytes
    {
        get
        {
            var bytes = 0L;
            foreach (var entry in entries)
                bytes += Key.Length + (entry.Value?.Value.Length ?? 0);
            return bytes;
        }
    }

    public void Append(long revision, KeyValue? value) => entries.Add(new Entry(revision, value));

    /// <summary>What the key held at a revision.</summary>
    public KeyValue? At(long revision)
    {
        var index = LastIndexAt(revision);
        return index < 0 ? null : entries[index].Value;
    }

    /// <summary>Drops what was superseded at or before a revision, and a deletion that is the last word at it.</summary>
    public void Compact(long revision)
    {
        var newest = LastIndexAt(revision);
        if (newest < 0)
            return;
        entries.RemoveRange(0, entries[newest].Value is null ? newest + 1 : newest);
    }

    private int LastIndexAt(long revision)
    {
        var index = entries.Count - 1;
        while (index >= 0 && entries[index].Revision > revision)
            index--;
        return index;
    }
}
