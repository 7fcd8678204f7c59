namespace Orchestrator.ApiServer.Caching;

/// <summary>How much of its latest changes one kind keeps in memory for watchers to resume from. What is older is read from the store.</summary>
/// <param name="Events">At most this many.</param>
/// <param name="Bytes">At most this much memory beyond that of the objects there are.</param>
/// <param name="BytesOfFew">The same while there are so few changes that a watcher could hardly keep up: for kinds of large objects.</param>
/// <param name="Age">Nothing older.</param>
internal sealed record WatchHistory(int Events, long Bytes, long BytesOfFew, TimeSpan Age)
{
    public static WatchHistory Of(int events, TimeSpan age) => new(events, 16 * 1024 * 1024, 64 * 1024 * 1024, age);
}
