using Microsoft.AspNetCore.Http;
using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// What the API servers tell their clients: an acknowledged write is in the log; a read shows every write acknowledged before it
/// began, whichever server it went to; a watch delivers the log of its kind, complete and in order, for as long as the store keeps it.
/// </summary>
internal sealed class WireAudit : IWireMonitor
{
    private const string AcknowledgedRule = "no acknowledged write is lost";
    private const string FreshRule = "no read goes back behind an acknowledged write";
    private const string WatchRule = "every watcher's sequence equals the log";

    private readonly Pump pump;
    private readonly ClusterLog log;
    private readonly StoreAudit store;
    private readonly Func<long> compacted;
    private readonly List<Action> checks = [];

    /// <param name="compacted">The revision up to which the store has given up its history.</param>
    public WireAudit(Pump pump, ClusterLog log, StoreAudit store, Func<long> compacted)
    {
        this.pump = pump;
        this.log = log;
        this.store = store;
        this.compacted = compacted;
        // A response may be written in the very step that committed: the log knows it only after that step.
        pump.Observe(RunChecks);
    }

    public LostCreations Creations { get; } = new();

    public void RequestArrived(Exchange exchange)
    {
        var facts = RequestFacts.Of(exchange);
        exchange.MonitorState = new State(facts) { Began = store.Newest, Position = facts.Version ?? 0 };
        if (facts is { Verb: RequestVerb.Write, Key: null } && facts.Prefix.StartsWith("/registry/pods/", StringComparison.Ordinal))
            Creations.Began(exchange);
    }

    public void ResponseBegan(Exchange exchange, int status) => StateOf(exchange).Status = status;

    public void BodyWritten(Exchange exchange, ReadOnlyMemory<byte> bytes)
    {
        var state = StateOf(exchange);
        state.Body.Write(bytes.Span);
        if (state is { Facts.Verb: RequestVerb.Watch, Status: 200 })
            ReadLines(exchange, state);
    }

    public void ResponseEnded(Exchange exchange)
    {
        var state = StateOf(exchange);
        Creations.Answered(exchange, state.Status);
        var body = state.Body.ToArray();
        state.Body.Dispose();
        if (state.Facts.Verb is RequestVerb.Get or RequestVerb.List or RequestVerb.Write)
            checks.Add(() => Check(exchange, state, body));
    }

    public void Lost(Exchange exchange) => Creations.Lost(exchange);

    private static State StateOf(Exchange exchange) => (State)exchange.MonitorState!;

    private void RunChecks()
    {
        foreach (var check in checks)
            check();
        checks.Clear();
    }

    private void Check(Exchange exchange, State state, byte[] body)
    {
        if (state is { Status: 404, Facts: { Verb: RequestVerb.Get, Key: { } missing, Version: null } })
        {
            if (log.Current.TryGetValue(missing, out var present) && present.CreateRevision <= state.Began)
                Fail(FreshRule, exchange, $"{missing} was not found, and was there from revision {present.CreateRevision} on");
            return;
        }

        // Empty: the server gave up on a client that has gone.
        if (state.Status is < 200 or > 299 || body.Length == 0)
            return;
        var item = ObjectFacts.Read(body);
        if (item.Kind == "Status" || item.Version == 0)
            return;
        switch (state.Facts.Verb)
        {
            case RequestVerb.Write:
                CheckWrite(exchange, state, item);
                break;
            case RequestVerb.Get when state.Facts is { Version: null, Key: { } key }:
                CheckIsFresh(exchange, state, key, item.Version);
                break;
            case RequestVerb.List when item.Version < (state.Facts.Version ?? state.Began):
                Fail(FreshRule, exchange, $"the list is as of revision {item.Version}, not {state.Facts.Version ?? state.Began} or later");
                break;
        }
    }

    private void CheckWrite(Exchange exchange, State state, ObjectFacts item)
    {
        var key = state.Facts.Key ?? state.Facts.Prefix + item.Name;
        // A write that changed nothing shows the object as it is: in the log, but from before the run perhaps.
        if (item.Version > log.Revision || (log.At(item.Version) is { } batch && !batch.Changes.Any(change => change.Key == key)))
            Fail(AcknowledgedRule, exchange, $"the write of {key} was acknowledged at revision {item.Version}, and the log has it not");
        CheckIsFresh(exchange, state, key, item.Version);
    }

    private void CheckIsFresh(Exchange exchange, State state, string key, long version)
    {
        if (log.Between(key, version, state.Began).FirstOrDefault(pair => pair.Change.Key == key) is { Revision: > 0 } newer)
            Fail(FreshRule, exchange, $"{key} was shown as of revision {version}; revision {newer.Revision} was acknowledged before");
    }

    private void ReadLines(Exchange exchange, State state)
    {
        var bytes = state.Body.GetBuffer().AsSpan(0, (int)state.Body.Length);
        var rest = bytes;
        while (rest.IndexOf((byte)'\n') is var end and >= 0)
        {
            if (end > 0)
                CheckEvent(exchange, state, rest[..end]);
            rest = rest[(end + 1)..];
        }

        rest.CopyTo(bytes);
        state.Body.SetLength(rest.Length);
        state.Body.Position = rest.Length;
    }

    private void CheckEvent(Exchange exchange, State state, ReadOnlySpan<byte> line)
    {
        var (type, item) = ObjectFacts.ReadEvent(line);
        var facts = state.Facts;
        if (state.Position == 0)
        {
            // What there was comes first, in the order of names; the bookmark behind it says as of when.
            state.Position = type == "BOOKMARK" ? item.Version : 0;
            return;
        }

        if (type == "ERROR" && item.Code == StatusCodes.Status410Gone && compacted() <= state.Position)
            Fail(WatchRule, exchange, $"it expired behind revision {state.Position}, and the store was compacted only up to {compacted()}");
        if (type == "ERROR" || facts.Prefix.Length == 0)
            return;
        if (item.Version < state.Position)
            Fail(WatchRule, exchange, $"revision {item.Version} comes after {state.Position}");
        if (type == "BOOKMARK")
            CheckNothingMissed(exchange, state, item.Version);
        else if (facts.IsSelective)
            CheckIsLogged(exchange, facts, item);
        else
            CheckIsNext(exchange, state, type, item);
        state.Position = item.Version;
    }

    private void CheckIsNext(Exchange exchange, State state, string? type, ObjectFacts item)
    {
        var (revision, change) = log.Between(state.Facts.Prefix, state.Position, item.Version).FirstOrDefault();
        var expected = change is null ? "nothing" : $"{TypeOf(change)} {change.Key} at {revision}";
        if (change is null || revision != item.Version || !change.Key.EndsWith(item.Path, StringComparison.Ordinal) || TypeOf(change) != type)
            Fail(WatchRule, exchange, $"behind revision {state.Position} came {type} {item.Path} at {item.Version}; the log has {expected}");
    }

    private void CheckNothingMissed(Exchange exchange, State state, long upTo)
    {
        if (!state.Facts.IsSelective && log.Between(state.Facts.Prefix, state.Position, upTo).FirstOrDefault() is { Change: { } missed } found)
            Fail(WatchRule, exchange, $"a bookmark of {upTo} came without {missed.Key} at {found.Revision}");
    }

    private void CheckIsLogged(Exchange exchange, RequestFacts facts, ObjectFacts item)
    {
        if (log.At(item.Version) is { } batch && !batch.Changes.Any(change => change.Key.StartsWith(facts.Prefix, StringComparison.Ordinal) && change.Key.EndsWith(item.Path, StringComparison.Ordinal)))
            Fail(WatchRule, exchange, $"{item.Path} at {item.Version} is not in the log");
    }

    private static string TypeOf(Orchestrator.Storage.WatchChange change) =>
        change.Current is null ? "DELETED" : change.Previous is null ? "ADDED" : "MODIFIED";

    private void Fail(string rule, Exchange exchange, string message) =>
        pump.Fail(rule, $"{exchange.Client} at {exchange.Server.Name}, {exchange.Method} {exchange.Uri.PathAndQuery}: {message}");

    private sealed class State(RequestFacts facts)
    {
        public RequestFacts Facts => facts;

        /// <summary>The newest revision of which anybody knew when the request arrived.</summary>
        public long Began { get; init; }

        /// <summary>How far a watch has come; 0 while it is told what there was.</summary>
        public long Position { get; set; }

        public int Status { get; set; } = 200;

        public MemoryStream Body { get; } = new();
    }
}
