namespace Orchestrator.Simulation.Invariants;

/// <summary>How large something was to be, from which revision on.</summary>
internal sealed class SizeHistory
{
    private readonly List<(long Revision, int Size)> sizes = [];

    public int Last => sizes.Count > 0 ? sizes[^1].Size : 0;

    public void Set(long revision, int size)
    {
        if (sizes.Count == 0 || sizes[^1].Size != size)
            sizes.Add((revision, size));
    }

    /// <summary>The greatest size for one whose view is within these revisions.</summary>
    public int Most((long Least, long Most) view) => Within(view).DefaultIfEmpty().Max();

    public int Fewest((long Least, long Most) view) => Within(view).DefaultIfEmpty().Min();

    private IEnumerable<int> Within((long Least, long Most) view)
    {
        var first = Math.Max(0, sizes.FindLastIndex(one => one.Revision <= view.Least));
        return sizes.Skip(first).TakeWhile(one => one.Revision <= view.Most).Select(one => one.Size);
    }
}
