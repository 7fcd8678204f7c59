using System.Text.Json;
using Orchestrator.Api.Core.V1;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// Answers to writes: what was acknowledged is in the log, as it was answered and, where that was asked for, directly behind the version
/// that the writer knew. It is a revision of its own unless all that was asked for was there already.
/// </summary>
internal sealed class WriteAudit(Pump pump, ClusterLog log)
{
    /// <summary>To compare all that was asked with all that is there takes two parsed documents: every so many writes.</summary>
    private const int ComparedInFull = 4;

    private readonly HashSet<(RequestVerb Verb, string Key, long Revision)> claimed = [];
    private int writes;

    public void CheckWrite(WireState state, byte[] body)
    {
        var (facts, item) = (state.Facts, ObjectFacts.Read(body));
        if (item.Kind == "Status" || item.Version == 0)
            return;
        var key = facts.Key ?? facts.Prefix + item.Name;
        if (log.Change(key, item.Version) is not { } change)
        {
            pump.Fail(WireRules.Acknowledged, state, $"the write of {key} was acknowledged at revision {item.Version}, and the log has it not");
            return;
        }

        // The last finalizer taken away: there is nothing left to compare with.
        if (change.Current is { } written && !StoredForm.IsShownAs(written, item.Version, body, facts.IsPartial))
            pump.Fail(WireRules.Acknowledged, state, $"the answer shows another {key} than the log holds at revision {item.Version}");
        var isNew = item.Version > state.Arrived && claimed.Add((facts.Verb, key, item.Version));
        if (facts.Verb == RequestVerb.Create && (!isNew || change.Previous is not null))
            pump.Fail(WireRules.Acknowledged, state, $"the creation of {key} was acknowledged at revision {item.Version}, which is another write's");
        else if (facts.Verb == RequestVerb.Update)
            CheckUpdate(state, change, item.Version, isNew);
    }

    public void CheckBinding(WireState state)
    {
        var key = state.Facts.Key!;
        using var asked = JsonDocument.Parse(state.Exchange.RequestBody);
        var node = asked.RootElement.GetProperty("target").GetProperty("name").GetString();
        var bound = log.Behind(key, state.Arrived).FirstOrDefault(one => one.Change is { Current: { } after, Previous: { } before } && NodeOf(before) is null && NodeOf(after) == node);
        if (bound.Change is null || !claimed.Add((RequestVerb.Bind, key, bound.Revision)))
            pump.Fail(WireRules.Binding, state, $"that {key} was bound to {node} was acknowledged, and it was not bound by this");
    }

    public void CheckDeletion(WireState state, string key, ObjectFacts answer)
    {
        if (answer.Uid is not { } uid)
            pump.Fail(WireRules.Acknowledged, state, $"the deletion of {key} was acknowledged, and of which object was not said");
        else if (log.Current.TryGetValue(key, out var present) && StoredForm.HasUid(present, uid) ? !StoredForm.IsBeingDeleted(present) : !WasRemoved(state, key, uid))
            pump.Fail(WireRules.Acknowledged, state, $"the deletion of {key} ({uid}) was acknowledged, and the log has it not");
    }

    /// <summary>Each that was shown, and each that was there all the time.</summary>
    public void CheckDeletions(WireState state, byte[] body)
    {
        foreach (var place in ObjectFacts.ItemsOf(body))
        {
            var item = ObjectFacts.Read(body.AsSpan()[place]);
            if (log.Current.TryGetValue(state.Facts.Kind + item.Path, out var present) && StoredForm.HasUid(present, item.Uid!) && !StoredForm.IsBeingDeleted(present))
                pump.Fail(WireRules.Acknowledged, state, $"the deletion of {present.Key} was acknowledged, and the log has it not");
        }

        foreach (var (key, item) in log.Current)
        {
            if (key.StartsWith(state.Facts.Prefix, StringComparison.Ordinal) && item.ModRevision <= state.Began && state.Facts.Selection.Matches(item) && !StoredForm.IsBeingDeleted(item))
                pump.Fail(WireRules.Acknowledged, state, $"the deletion of all was acknowledged, and {key} is there");
        }
    }

    private void CheckUpdate(WireState state, WatchChange change, long version, bool isNew)
    {
        var body = state.Exchange.RequestBody;
        // Of two who change the same version one must be told to look again: otherwise the other's change is lost.
        var known = ObjectFacts.Read(body).Version;
        if (known > 0 && known != version && (known != change.Previous?.ModRevision || version <= state.Arrived))
            pump.Fail(WireRules.Acknowledged, state, $"the change of revision {known} of {change.Key} was acknowledged at {version}, behind revision {change.Previous?.ModRevision}");
        // Whoever changed nothing, behind the change of another, may be answered before that other.
        if (change.Current is { } item && (!isNew || ++writes % ComparedInFull == 0) && !AskedFor.IsIn(StoredForm.Json(item), body, state.Facts.Subresource, out var missing))
            pump.Fail(WireRules.Acknowledged, state, $"the write of {change.Key} was acknowledged at revision {version}, where {missing} is not as asked for");
    }

    private bool WasRemoved(WireState state, string key, string uid) =>
        log.Behind(key, state.Arrived).Any(one => one.Change is { Current: null, Previous: { } last } && StoredForm.HasUid(last, uid));

    private static string? NodeOf(KeyValue item) => ClusterState.Read<Pod>(item).Spec?.NodeName is { Length: > 0 } node ? node : null;
}
