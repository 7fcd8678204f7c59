using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>Gets and lists: to the byte what the log holds, and not from before a write that was acknowledged when the read began.</summary>
internal sealed class ReadAudit(Pump pump, ClusterLog log)
{
    public void CheckAbsent(WireState state)
    {
        if (state.Facts.Key is { } key && log.Current.TryGetValue(key, out var present) && present.CreateRevision <= state.Began)
            pump.Fail(WireRules.Fresh, state, $"{key} was not found, and was there from revision {present.CreateRevision} on");
    }

    public void CheckGet(WireState state, byte[] body)
    {
        var (key, version) = (state.Facts.Key!, ObjectFacts.Read(body).Version);
        // What is not stored has no version.
        if (version == 0)
            return;
        if (log.Change(key, version)?.Current is not { } item || !StoredForm.IsShownAs(item, version, body, state.Facts.IsPartial))
            pump.Fail(WireRules.Content, state, $"{key} as of revision {version} is not what the log holds");
        if (state.Facts.Version is null)
            CheckIsFresh(state, key, version);
    }

    public void CheckIsFresh(WireState state, string? key, long version)
    {
        if (key is not null && log.Behind(key, version).FirstOrDefault() is { Change: not null } newer && newer.Revision <= state.Began)
            pump.Fail(WireRules.Fresh, state, $"{key} was shown as of revision {version}; revision {newer.Revision} was acknowledged before");
    }

    public void CheckList(WireState state, byte[] body)
    {
        var list = ObjectFacts.Read(body);
        if (list.Version == 0)
            return;
        if (!state.Facts.IsContinuation && list.Version < (state.Facts.Version ?? state.Began))
            pump.Fail(WireRules.Fresh, state, $"the list is as of revision {list.Version}, not {state.Facts.Version ?? state.Began} or later");
        if (list.Version > log.Revision)
            pump.Fail(WireRules.Content, state, $"the list is as of revision {list.Version}; there are {log.Revision}");
        var expected = log.State(state.Facts.Prefix, list.Version).Where(state.Facts.Selection.Matches).ToList();
        var shown = ObjectFacts.ItemsOf(body);
        var first = state.Facts.IsContinuation ? FirstShown(expected, state, body, shown) : 0;
        var wanted = list.IsContinued ? shown.Count : expected.Count - first;
        for (var i = 0; i < Math.Max(wanted, shown.Count); i++)
        {
            var item = first + i < expected.Count ? expected[first + i] : null;
            if (i < shown.Count && item is not null && StoredForm.IsShownAs(item, item.ModRevision, body.AsSpan()[shown[i]], state.Facts.IsPartial))
                continue;
            var found = i < shown.Count ? ObjectFacts.Read(body.AsSpan()[shown[i]]) : default;
            pump.Fail(
                WireRules.Content, state,
                $"item {i} as of revision {list.Version} is '{found.Path}' at {found.Version}, where the log has '{item?.Key}' at {item?.ModRevision}");
            return;
        }
    }

    private static int FirstShown(List<KeyValue> expected, WireState state, byte[] body, List<Range> shown)
    {
        if (shown.Count == 0)
            return expected.Count;
        var key = state.Facts.Kind + ObjectFacts.Read(body.AsSpan()[shown[0]]).Path;
        return Math.Max(0, expected.FindIndex(item => item.Key == key));
    }
}
