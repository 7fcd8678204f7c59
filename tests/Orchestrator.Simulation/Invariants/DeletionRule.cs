using System.Text.Json;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// An object that is being deleted and has no finalizers goes away: at once, or, where a kubelet ends it first, when its node has
/// done so. It never comes back to life, and it gets no new finalizers.
/// </summary>
internal sealed class DeletionRule
{
    private const string Rule = "what is being deleted goes away";

    private readonly Pump pump;
    private readonly ClusterLog log;

    public DeletionRule(Pump pump, ClusterLog log)
    {
        this.pump = pump;
        this.log = log;
        log.Committed += Check;
    }

    /// <summary>What should have gone by now; for a cluster that has settled.</summary>
    public IEnumerable<string> Leftovers() =>
        log.Current.Values.Where(item => Read(item) is { IsBeingDeleted: true }).Select(item => item.Key);

    private void Check(WatchBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            if (change.Current is not { } current || Read(current) is not { } after)
                continue;
            var before = change.Previous is { } previous ? Read(previous) : null;
            if (before is { IsBeingDeleted: true } && !after.IsBeingDeleted)
                pump.Fail(Rule, $"{change.Key} was being deleted and is not any more at revision {batch.Revision}");
            if (before is { IsBeingDeleted: true } && after.Finalizers > before.Finalizers)
                pump.Fail(Rule, $"{change.Key} got a finalizer while it was being deleted at revision {batch.Revision}");
            if (after is { IsBeingDeleted: true, Finalizers: 0 } && !IsEndedByOthers(change.Key))
                pump.Fail(Rule, $"{change.Key} is being deleted, has no finalizers, and is still there at revision {batch.Revision}");
        }
    }

    /// <summary>Pods by their kubelet; namespaces by spec.finalizers.</summary>
    private static bool IsEndedByOthers(string key) =>
        key.StartsWith("/registry/pods/", StringComparison.Ordinal) || key.StartsWith("/registry/namespaces/", StringComparison.Ordinal);

    private static Facts? Read(KeyValue item)
    {
        var bytes = item.Value.Span;
        var end = bytes.IndexOf((byte)'\n');
        // Few objects are being deleted: most need no parsing.
        if (end < 0 || bytes[..end].IndexOf("\"deletionTimestamp\""u8) < 0)
            return end < 0 ? null : new Facts(false, 0);
        using var document = JsonDocument.Parse(item.Value[..end]);
        var metadata = document.RootElement.GetProperty("metadata");
        var finalizers = metadata.TryGetProperty("finalizers", out var list) ? list.GetArrayLength() : 0;
        return new Facts(metadata.TryGetProperty("deletionTimestamp", out _), finalizers);
    }

    private sealed record Facts(bool IsBeingDeleted, int Finalizers);
}
