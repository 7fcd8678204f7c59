using System.Runtime.InteropServices;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Simulation.Storage;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// What the store tells the API servers: an acknowledged write is in the log, at its revision, as it was asked for, and nothing else is;
/// a read sees every write acknowledged before it began, and what the log holds; a watch delivers the log, the whole log and nothing but
/// the log.
/// </summary>
internal sealed class StoreAudit : IStoreObserver
{
    private const string AcknowledgedRule = "no acknowledged write is lost";
    private const string GrowRule = "revisions only grow";
    private const string AskedRule = "nothing is written that nobody asked for";
    private const string ReadRule = "what is shown is what the log holds";
    private const string WatchRule = "every watcher's sequence equals the log";

    /// <summary>Of all objects.</summary>
    private const string Root = "/registry/";

    private readonly Pump pump;
    private readonly ClusterLog log;
    private readonly List<(StoreTransaction Transaction, long Revision)> acknowledged = [];
    private readonly List<Action> checks = [];
    private readonly Dictionary<(string Key, ulong Value), int> asked = [];
    private readonly Dictionary<(SimulatedProcess Owner, string Prefix), Watch> watches = [];
    private long newest;

    public StoreAudit(Pump pump, ClusterLog log)
    {
        this.pump = pump;
        this.log = log;
        newest = log.Revision;
        log.Committed += CheckAsked;
        pump.Observe(RunChecks);
    }

    /// <summary>The newest revision of which anybody was told.</summary>
    public long Newest => newest;

    /// <summary>The servers' watches of everything that have not come to a revision yet, with what they lack.</summary>
    public IEnumerable<string> Behind(long revision)
    {
        foreach (var ((owner, prefix), watch) in watches)
        {
            // Others are begun for a moment, to catch up, and their end is not told.
            if (prefix == Root && owner.IsAlive && log.Between(prefix, watch.Position, revision).FirstOrDefault() is { Change: { } change } lacking)
                yield return $"the watch of {prefix} of {owner} stands at revision {watch.Position} and lacks {change.Key} at {lacking.Revision}";
        }
    }

    public void Committing(StoreTransaction transaction)
    {
        foreach (var change in transaction.Changes)
            CollectionsMarshal.GetValueRefOrAddDefault(asked, (change.Key, HashOf(change.Value)), out _)++;
    }

    public void Acknowledged(StoreTransaction transaction, long revision)
    {
        acknowledged.Add((transaction, revision));
        newest = Math.Max(newest, revision);
    }

    public long ReadBegan() => newest;

    public void ReadEnded(long began, long revision)
    {
        if (revision < began)
            pump.Fail(GrowRule, $"a read that began after revision {began} was acknowledged shows revision {revision}");
        newest = Math.Max(newest, revision);
    }

    /// <summary>What was read is compared when the step is over: the log may not know its commits yet.</summary>
    public void Read(string key, long revision, GetResult result) => checks.Add(() =>
    {
        var expected = log.Value(key, revision > 0 ? revision : result.Revision);
        if (!Same(result.KeyValue, expected))
            pump.Fail(ReadRule, $"{key} was read as of revision {result.KeyValue?.ModRevision}, where the log has {expected?.ModRevision}");
    });

    public void Read(RangeRequest request, RangeResult result) => checks.Add(() =>
    {
        var all = log.State(request.Prefix, request.Revision > 0 ? request.Revision : result.Revision)
            .Where(item => request.StartKey is null || string.CompareOrdinal(item.Key, request.StartKey) >= 0).ToList();
        var expected = request.CountOnly ? [] : request.Limit > 0 ? all.Take(request.Limit).ToList() : all;
        if (result.Count != all.Count || !expected.Select(item => item.Key).SequenceEqual(result.Items.Select(item => item.Key))
            || (!request.KeysOnly && !expected.Zip(result.Items).All(pair => Same(pair.First, pair.Second))))
            pump.Fail(ReadRule, $"the range {request.Prefix} was read with {result.Items.Count} of {result.Count} keys, where the log has {expected.Count} of {all.Count}, or others");
    });

    public object WatchBegan(string prefix, long fromRevision)
    {
        var watch = new Watch(prefix) { Position = fromRevision - 1 };
        if (pump.Running is { } owner)
            watches[(owner, prefix)] = watch;
        return watch;
    }

    public void Delivered(object watch, WatchBatch batch)
    {
        var state = (Watch)watch;
        // From "now" on: the first mark says where that is.
        if (state.Position < 0)
            state.Position = batch.Revision - (batch.Changes.Count > 0 ? 1 : 0);
        if (batch.Revision < state.Position || (batch.Changes.Count > 0 && batch.Revision == state.Position))
            pump.Fail(WatchRule, $"the watch of {state.Prefix} was at revision {state.Position} and got revision {batch.Revision}");
        var missed = log.Between(state.Prefix, state.Position, batch.Changes.Count > 0 ? batch.Revision - 1 : batch.Revision).Take(1).ToList();
        if (missed.Count > 0)
            pump.Fail(WatchRule, $"the watch of {state.Prefix} got revision {batch.Revision} and never {missed[0].Change.Key} at {missed[0].Revision}");
        if (batch.Changes.Count > 0)
            CompareWithLog(state, batch);
        state.Position = batch.Revision;
    }

    private void CompareWithLog(Watch watch, WatchBatch batch)
    {
        var expected = log.Between(watch.Prefix, batch.Revision - 1, batch.Revision).Select(pair => pair.Change).ToList();
        if (expected.Count == batch.Changes.Count && expected.Zip(batch.Changes).All(pair => Same(pair.First, pair.Second)))
            return;
        pump.Fail(WatchRule, $"the watch of {watch.Prefix} got {Describe(batch.Changes)} at revision {batch.Revision}, where the log has {Describe(expected)}");
    }

    /// <summary>Each change was asked for, as often as it is there; but for what goes away with its lease.</summary>
    private void CheckAsked(WatchBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            ref var left = ref CollectionsMarshal.GetValueRefOrAddDefault(asked, (change.Key, HashOf(change.Current?.Value)), out _);
            if (left > 0)
                left--;
            else if (change is not { Current: null, Previous.LeaseId: not 0 })
                pump.Fail(AskedRule, $"nobody asked for what revision {batch.Revision} did to {change.Key}");
        }
    }

    private static ulong HashOf(ReadOnlyMemory<byte>? value)
    {
        if (value is not { } bytes)
            return 0;
        var hash = new TraceHash();
        hash.Add(bytes.Span);
        return hash.Value;
    }

    private void RunChecks()
    {
        foreach (var check in checks)
            check();
        checks.Clear();
        foreach (var (transaction, revision) in acknowledged)
        {
            foreach (var change in transaction.Changes)
            {
                if (!IsInLog(change, revision))
                    pump.Fail(AcknowledgedRule, $"the write of {change.Key} was acknowledged at revision {revision}, and the log has it not");
            }
        }

        acknowledged.Clear();
    }

    private bool IsInLog(StoreChange change, long revision)
    {
        // A transaction that changes nothing takes no revision: deleting what is absent.
        var logged = log.Change(change.Key, revision);
        if (change.Value is not { } value)
            return logged is { Current: null } || (logged is null && !log.Current.ContainsKey(change.Key));
        return logged?.Current is { } item && item.Value.Span.SequenceEqual(value.Span);
    }

    private static bool Same(WatchChange left, WatchChange right) =>
        left.Key == right.Key && Same(left.Current, right.Current) && Same(left.Previous, right.Previous);

    private static bool Same(KeyValue? left, KeyValue? right) => left is null || right is null
        ? left == right
        : left.Key == right.Key && left.ModRevision == right.ModRevision && left.CreateRevision == right.CreateRevision && left.Value.Span.SequenceEqual(right.Value.Span);

    private static string Describe(IEnumerable<WatchChange> changes) => "[" + string.Join(", ", changes.Select(change => change.Key)) + "]";

    private sealed class Watch(string prefix)
    {
        public string Prefix => prefix;

        /// <summary>Everything up to here was delivered.</summary>
        public long Position { get; set; }
    }
}
