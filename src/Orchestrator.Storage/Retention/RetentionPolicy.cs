namespace Orchestrator.Storage.Retention;

/// <summary>How much history is kept: by age, by size, and a least time that is kept whatever the size.</summary>
/// <remarks>
/// History serves watches that resume, pages of long lists, reads of the past and causes. Present values are never given up, and do
/// not count.
/// </remarks>
public sealed record RetentionPolicy
{
    /// <summary>Older history is given up.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Younger history is kept even when there is too much: watches and pages live on it. kube-apiserver's compaction interval.</summary>
    public TimeSpan MinAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// What is kept of it while the store is full. Nothing is written then before history goes, so it is no more than what requests under
    /// way and watches that break off just now live on.
    /// </summary>
    public TimeSpan MinAgeWhenFull { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>When history takes more than this, the oldest is given up, a part at a time.</summary>
    public long MaxBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>The part of the history given up at once for its size is one in this many.</summary>
    private const int PartsBySize = 4;

    /// <summary>The revision whose past may be forgotten now, or 0 for none.</summary>
    /// <param name="marks">Which revisions the store had when, oldest first; those already forgotten left out.</param>
    /// <param name="historyBytes">What history takes.</param>
    /// <param name="isFull">There is no room: all goes that may.</param>
    public long Choose(IReadOnlyList<TimeMark> marks, DateTimeOffset now, long historyBytes, bool isFull)
    {
        var minAge = isFull ? MinAgeWhenFull : MinAge;
        var (byAge, youngest) = (0L, 0);
        foreach (var mark in marks)
        {
            if (mark.Time <= now - MaxAge)
                byAge = mark.Revision;
            if (mark.Time <= now - minAge)
                youngest++;
        }

        if (youngest == 0)
            return byAge;
        if (isFull)
            return marks[youngest - 1].Revision;
        return historyBytes > MaxBytes ? Math.Max(byAge, marks[(youngest - 1) / PartsBySize].Revision) : byAge;
    }
}
