using Orchestrator.Client.Causes;

namespace Orchestrator.Client.Queues;

/// <summary>A few distinct resource versions; of too many the latest are kept, for they tell most.</summary>
internal readonly struct TriggerSet
{
    private readonly long[]? revisions;

    private TriggerSet(long[] revisions) => this.revisions = revisions;

    public static TriggerSet Empty => default;

    public static TriggerSet Of(long revision) => new([revision]);

    public static TriggerSet Of(IReadOnlyList<long> revisions) => revisions.Count == 0 ? default : new([.. revisions]);

    public TriggerSet With(TriggerSet other)
    {
        if (other.revisions is null)
            return this;
        if (revisions is null)
            return other;
        var all = revisions.Union(other.revisions).ToArray();
        return new(all.Length <= CauseHeader.MaxTriggers ? all : all[^CauseHeader.MaxTriggers..]);
    }

    public IReadOnlyList<long> ToList() => revisions ?? [];
}
