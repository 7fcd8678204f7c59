using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// What has really happened: every revision of the store, seen right after the step that made it. The invariants compare with this
/// what the parts of the cluster were told.
/// </summary>
internal sealed class ClusterLog
{
    private readonly Pump pump;
    private readonly List<WatchBatch> batches = [];
    private readonly SortedDictionary<string, KeyValue> current = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(long Revision, WatchChange Change)>> histories = [];
    private readonly long firstRevision;

    /// <param name="store">The engine itself, without faults, before anything was written to it through the simulation.</param>
    public ClusterLog(Pump pump, IKeyValueStore store, long revision, IEnumerable<KeyValue> present)
    {
        this.pump = pump;
        firstRevision = revision + 1;
        foreach (var item in present)
            current.Add(item.Key, item);
        var reader = new SimulatedProcess(pump, "log", isUrgent: true);
        reader.StartMain(() => FollowAsync(store));
    }

    /// <summary>Called for each revision, in order.</summary>
    public event Action<WatchBatch>? Committed;

    public long Revision => firstRevision + batches.Count - 1;

    /// <summary>All keys as they are now, in order.</summary>
    public IReadOnlyDictionary<string, KeyValue> Current => current;

    /// <summary>What a revision did to a key; null: nothing.</summary>
    public WatchChange? Change(string key, long revision) =>
        Behind(key, revision - 1).FirstOrDefault() is { Change: { } change } found && found.Revision == revision ? change : null;

    /// <summary>The changes of one key behind a revision.</summary>
    public IEnumerable<(long Revision, WatchChange Change)> Behind(string key, long revision)
    {
        if (!histories.TryGetValue(key, out var history))
            return [];
        var first = history.Count;
        while (first > 0 && history[first - 1].Revision > revision)
            first--;
        return history.Skip(first);
    }

    /// <summary>A key as it was at a revision; null: it was not there.</summary>
    public KeyValue? Value(string key, long revision)
    {
        var value = current.GetValueOrDefault(key);
        foreach (var (_, change) in Behind(key, revision).Reverse())
            value = change.Previous;
        return value;
    }

    /// <summary>The keys with this prefix as they were at a revision, in order.</summary>
    public IReadOnlyCollection<KeyValue> State(string prefix, long revision)
    {
        var state = new SortedDictionary<string, KeyValue>(StringComparer.Ordinal);
        foreach (var (key, item) in current)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                state.Add(key, item);
        }

        // From the present back, change by change.
        for (var undone = Revision; undone > revision && undone >= firstRevision; undone--)
        {
            foreach (var change in batches[(int)(undone - firstRevision)].Changes)
            {
                if (!change.Key.StartsWith(prefix, StringComparison.Ordinal))
                    continue;
                if (change.Previous is { } previous)
                    state[change.Key] = previous;
                else
                    state.Remove(change.Key);
            }
        }

        return state.Values;
    }

    /// <summary>Changes of keys with this prefix behind one revision and up to another.</summary>
    public IEnumerable<(long Revision, WatchChange Change)> Between(string prefix, long after, long upTo)
    {
        for (var revision = Math.Max(after + 1, firstRevision); revision <= Math.Min(upTo, Revision); revision++)
        {
            foreach (var change in batches[(int)(revision - firstRevision)].Changes)
            {
                if (change.Key.StartsWith(prefix, StringComparison.Ordinal))
                    yield return (revision, change);
            }
        }
    }

    private async Task FollowAsync(IKeyValueStore store)
    {
        await foreach (var batch in store.WatchAsync("", firstRevision, CancellationToken.None))
        {
            if (batch.Changes.Count > 0)
                Append(batch);
        }
    }

    private void Append(WatchBatch batch)
    {
        if (batch.Revision != Revision + 1)
            pump.Fail("revisions only grow", $"revision {batch.Revision} follows revision {Revision}");
        batches.Add(batch);
        pump.Trace.Add(batch.Revision);
        foreach (var change in batch.Changes)
        {
            pump.Trace.Add(change.Key);
            if (!histories.TryGetValue(change.Key, out var history))
                histories[change.Key] = history = [];
            history.Add((batch.Revision, change));
            if (change.Current is { } item)
            {
                pump.Trace.Add(item.Value.Span);
                current[change.Key] = item;
            }
            else
            {
                current.Remove(change.Key);
            }
        }

        Committed?.Invoke(batch);
    }
}
