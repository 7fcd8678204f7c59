using Orchestrator.Simulation.Pumping;
using Orchestrator.Simulation.Storage;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// What the store tells the API servers: an acknowledged write is in the log, at its revision, as it was asked for; a read sees every
/// write acknowledged before it began; a watch delivers the log, the whole log and nothing but the log.
/// </summary>
internal sealed class StoreAudit : IStoreObserver
{
    private const string AcknowledgedRule = "no acknowledged write is lost";
    private const string GrowRule = "revisions only grow";
    private const string WatchRule = "every watcher's sequence equals the log";

    private readonly Pump pump;
    private readonly ClusterLog log;
    private readonly List<(StoreTransaction Transaction, long Revision)> acknowledged = [];
    private long newest;

    public StoreAudit(Pump pump, ClusterLog log)
    {
        this.pump = pump;
        this.log = log;
        newest = log.Revision;
        pump.Observe(CheckAcknowledged);
    }

    /// <summary>The newest revision of which anybody was told.</summary>
    public long Newest => newest;

    public void Committing(StoreTransaction transaction)
    {
        // Who asked does not matter: the log is compared with what was acknowledged.
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

    public object WatchBegan(string prefix, long fromRevision) => new Watch(prefix) { Position = fromRevision - 1 };

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

    private void CheckAcknowledged()
    {
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
        var logged = log.At(revision)?.Changes.FirstOrDefault(one => one.Key == change.Key);
        if (change.Value is not { } value)
            return logged is { Current: null } || (logged is null && !log.Current.ContainsKey(change.Key));
        return logged?.Current is { } item && item.Value.Span.SequenceEqual(value.Span);
    }

    private static bool Same(WatchChange left, WatchChange right) =>
        left.Key == right.Key && left.Current?.ModRevision == right.Current?.ModRevision && left.Previous?.ModRevision == right.Previous?.ModRevision;

    private static string Describe(IEnumerable<WatchChange> changes) => "[" + string.Join(", ", changes.Select(change => change.Key)) + "]";

    private sealed class Watch(string prefix)
    {
        public string Prefix => prefix;

        /// <summary>Everything up to here was delivered.</summary>
        public long Position { get; set; }
    }
}
