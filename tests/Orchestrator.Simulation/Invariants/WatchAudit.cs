using Microsoft.AspNetCore.Http;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// What a watch of the API delivers: the changes of the log that its selectors let through, each once, complete, in order and to the
/// byte, for as long as the store keeps them.
/// </summary>
internal sealed class WatchAudit(Pump pump, ClusterLog log, Func<long> compacted)
{
    public void CheckEvent(WireState state, ReadOnlySpan<byte> line)
    {
        var (type, item, place) = ObjectFacts.ReadEvent(line);
        if (state.Facts.Verb != RequestVerb.Watch || state.Facts.Prefix.Length == 0)
            return;
        if (type == "ERROR")
        {
            if (item.Code == StatusCodes.Status410Gone && compacted() <= state.Position)
                pump.Fail(WireRules.Watch, state, $"it expired behind revision {state.Position}, and the store was compacted only up to {compacted()}");
        }
        else if (state.Position == 0)
        {
            CheckInitial(state, type, item, line[place]);
        }
        else if (type == "BOOKMARK")
        {
            CheckBookmark(state, item.Version);
            state.Position = item.Version;
        }
        else
        {
            CheckIsNext(state, type, item, line[place]);
            state.Position = item.Version;
        }
    }

    /// <summary>What an open watch should have delivered up to a revision and has not; null: nothing.</summary>
    public string? LackOf(WireState state, long revision) =>
        state is { Status: 200, Position: > 0, Facts.Prefix.Length: > 0 } && Next(state, revision) is { Change: { } change } lacking
            ? $"the watch {state.Exchange.Uri.PathAndQuery} of {state.Exchange.Client} at {state.Exchange.Server.Name} stands at revision {state.Position} and lacks {change.Key} at {lacking.Revision}"
            : null;

    /// <summary>What there was comes first, in the order of names; the bookmark behind it says as of when.</summary>
    private void CheckInitial(WireState state, string? type, ObjectFacts item, ReadOnlySpan<byte> shown)
    {
        if (type == "BOOKMARK")
        {
            state.Position = item.Version;
            var expected = log.State(state.Facts.Prefix, item.Version).Where(state.Facts.Selection.Matches).Select(one => one.Key);
            if (!expected.SequenceEqual(state.Initial))
                pump.Fail(WireRules.Watch, state, $"it began with [{string.Join(' ', state.Initial)}] at revision {item.Version}, where the log has [{string.Join(' ', expected)}]");
            return;
        }

        var key = state.Facts.Kind + item.Path;
        state.Initial.Add(key);
        if (log.Change(key, item.Version)?.Current is not { } present || !StoredForm.IsShownAs(present, item.Version, shown, state.Facts.IsPartial))
            pump.Fail(WireRules.Watch, state, $"it began with {key} at revision {item.Version}, which is not what the log holds");
    }

    private void CheckBookmark(WireState state, long upTo)
    {
        if (upTo < state.Position)
            pump.Fail(WireRules.Watch, state, $"a bookmark of {upTo} comes after {state.Position}");
        if (Next(state, upTo) is { Change: { } missed } found)
            pump.Fail(WireRules.Watch, state, $"a bookmark of {upTo} came without {missed.Key} at {found.Revision}");
    }

    private void CheckIsNext(WireState state, string? type, ObjectFacts item, ReadOnlySpan<byte> shown)
    {
        var (revision, change) = Next(state, item.Version);
        var expected = change is null ? "nothing" : $"{state.Facts.Selection.TypeOf(change)} {change.Key} at {revision}";
        if (change is null || revision != item.Version || change.Key != state.Facts.Kind + item.Path || state.Facts.Selection.TypeOf(change) != type)
            pump.Fail(WireRules.Watch, state, $"behind revision {state.Position} came {type} {item.Path} at {item.Version}; the log has {expected}");
        // What goes is shown as it was last, or, where it only left the selection, as it was there last.
        else if (!StoredForm.IsShownAs((type == "DELETED" ? change.Previous : change.Current)!, revision, shown, state.Facts.IsPartial))
            pump.Fail(WireRules.Watch, state, $"{type} {item.Path} at {item.Version} shows another object than the log holds");
    }

    private (long Revision, WatchChange? Change) Next(WireState state, long upTo) =>
        log.Between(state.Facts.Prefix, state.Position, upTo).FirstOrDefault(pair => state.Facts.Selection.TypeOf(pair.Change) is not null);
}
