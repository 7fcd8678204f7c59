using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// What the API servers tell their clients, held against the log: an acknowledged write or deletion is in it; a read shows what it
/// holds, and every write acknowledged before the read began, whichever server it went to; a watch delivers the log of its kind.
/// </summary>
internal sealed class WireAudit : IWireMonitor
{
    private readonly ClusterLog log;
    private readonly StoreAudit store;
    private readonly ReadAudit reads;
    private readonly WriteAudit writes;
    private readonly WatchAudit watches;
    private readonly List<Action> checks = [];
    private readonly HashSet<WireState> watching = [];

    /// <param name="compacted">The revision up to which the store has given up its history.</param>
    public WireAudit(Pump pump, ClusterLog log, StoreAudit store, Func<long> compacted)
    {
        this.log = log;
        this.store = store;
        reads = new ReadAudit(pump, log);
        writes = new WriteAudit(pump, log);
        watches = new WatchAudit(pump, log, compacted);
        // A response may be written in the very step that committed: the log knows it only after that step.
        pump.Observe(RunChecks);
    }

    public LostCreations Creations { get; } = new();

    /// <summary>The open watches that have not come to a revision yet, with what they lack.</summary>
    public IEnumerable<string> Behind(long revision) => watching.Select(state => watches.LackOf(state, revision)).OfType<string>();

    public void RequestArrived(Exchange exchange)
    {
        var facts = RequestFacts.Of(exchange);
        var state = new WireState(exchange, facts) { Began = store.Newest, Arrived = log.Revision, Position = facts.Version ?? 0 };
        exchange.MonitorState = state;
        if (facts.Verb == RequestVerb.Watch)
            watching.Add(state);
        if (facts is { Verb: RequestVerb.Create, Kind: "/registry/pods/" })
            Creations.Began(exchange);
    }

    public void ResponseBegan(Exchange exchange, int status) => StateOf(exchange).Status = status;

    public void BodyWritten(Exchange exchange, ReadOnlyMemory<byte> bytes)
    {
        var state = StateOf(exchange);
        state.Body.Write(bytes.Span);
        if (state is { Facts.Verb: RequestVerb.Watch, Status: 200 })
            ReadLines(state);
    }

    public void ResponseEnded(Exchange exchange)
    {
        var state = StateOf(exchange);
        watching.Remove(state);
        Creations.Answered(exchange, state.Status);
        var body = state.Body.ToArray();
        state.Body.Dispose();
        if (state.Facts.Verb is not (RequestVerb.Watch or RequestVerb.Other))
            checks.Add(() => Check(state, body));
    }

    public void Lost(Exchange exchange)
    {
        if (exchange.MonitorState is WireState state)
            watching.Remove(state);
        Creations.Lost(exchange);
    }

    private static WireState StateOf(Exchange exchange) => (WireState)exchange.MonitorState!;

    private void RunChecks()
    {
        foreach (var check in checks)
            check();
        checks.Clear();
    }

    private void Check(WireState state, byte[] body)
    {
        if (state.Status == 404)
            reads.CheckAbsent(state);
        // Empty: the server gave up on a client that has gone.
        if (state.Status is < 200 or > 299 || body.Length == 0)
            return;
        switch (state.Facts.Verb)
        {
            case RequestVerb.Get:
                reads.CheckGet(state, body);
                break;
            case RequestVerb.List:
                reads.CheckList(state, body);
                break;
            case RequestVerb.Create or RequestVerb.Update:
                writes.CheckWrite(state, body);
                reads.CheckIsFresh(state, state.Facts.Key, ObjectFacts.Read(body).Version);
                break;
            case RequestVerb.Bind:
                writes.CheckBinding(state);
                break;
            case RequestVerb.Delete:
                writes.CheckDeletion(state, state.Facts.Key!, ObjectFacts.Read(body));
                break;
            case RequestVerb.DeleteCollection:
                writes.CheckDeletions(state, body);
                break;
        }
    }

    private void ReadLines(WireState state)
    {
        var bytes = state.Body.GetBuffer().AsSpan(0, (int)state.Body.Length);
        var rest = bytes;
        while (rest.IndexOf((byte)'\n') is var end and >= 0)
        {
            if (end > 0)
                watches.CheckEvent(state, rest[..end]);
            rest = rest[(end + 1)..];
        }

        rest.CopyTo(bytes);
        state.Body.SetLength(rest.Length);
        state.Body.Position = rest.Length;
    }
}
