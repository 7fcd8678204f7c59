namespace Orchestrator.Storage.Watching;

/// <summary>Bounds on how watches are served.</summary>
public sealed record WatchOptions
{
    /// <summary>
    /// What may wait for one reader, counted in bytes of keys, values and their overhead, before it is dropped as slow.
    /// Waiting changes are shared by all readers, so the memory held is that of the slowest one only. The default is about
    /// one second of writes at full speed.
    /// </summary>
    public long MaxPendingBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long after a change elsewhere an uninvolved watch learns of the new revision, unless it asks.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Rows of old history read at a time when a watch starts in the past.</summary>
    public int HistoryPageRows { get; init; } = 1000;
}
