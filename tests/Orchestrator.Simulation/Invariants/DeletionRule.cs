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
        log.Current.Values.Where(item => IsObject(item.Key) && Read(item) is { IsBeingDeleted: true }).Select(item => item.Key);

    private void Check(WatchBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            if (change.Current is not { } current || !IsObject(change.Key) || Read(current) is not { IsBeingDeleted: var isBeingDeleted } after)
                continue;
            var before = change.Previous is { } previous ? Read(previous) : null;
            if (before is { IsBeingDeleted: true } && !isBeingDeleted)
                pump.Fail(Rule, $"{change.Key} was being deleted and is not any more at revision {batch.Revision}");
            if (before is { IsBeingDeleted: true } && after.Finalizers > before.Finalizers)
                pump.Fail(Rule, $"{change.Key} got a finalizer while it was being deleted at revision {batch.Revision}");
            if (after is { IsBeingDeleted: true, Finalizers: 0, IsEndedByOthers: false })
                pump.Fail(Rule, $"{change.Key} is being deleted, has no finalizers, and is still there at revision {batch.Revision}");
        }
    }

    /// <summary>All but which addresses are taken, which servers there are, and why what is gone has gone.</summary>
    private static bool IsObject(string key) => key.StartsWith("/registry/", StringComparison.Ordinal)
        && !key.StartsWith("/registry/ranges/", StringComparison.Ordinal) && !key.StartsWith("/registry/masterleases/", StringComparison.Ordinal);

    private Facts? Read(KeyValue item)
    {
        try
        {
            // Few objects are being deleted: most need no parsing.
            return StoredForm.IsBeingDeleted(item) ? Parse(item) : Facts.OfLiving;
        }
        catch (InvalidDataException error)
        {
            pump.Fail(Rule, error.Message);
            return null;
        }
    }

    private static Facts Parse(KeyValue item)
    {
        using var document = JsonDocument.Parse(StoredForm.Json(item));
        var metadata = document.RootElement.GetProperty("metadata");
        var finalizers = metadata.TryGetProperty("finalizers", out var list) ? list.GetArrayLength() : 0;
        var spec = document.RootElement.TryGetProperty("spec", out var found) ? found : default;
        return new Facts(metadata.TryGetProperty("deletionTimestamp", out _), finalizers, IsEndedByOthers(item.Key, metadata, spec));
    }

    /// <summary>Pods on a node by its kubelet, as long as they have time; namespaces by whoever empties them.</summary>
    private static bool IsEndedByOthers(string key, JsonElement metadata, JsonElement spec)
    {
        if (spec.ValueKind != JsonValueKind.Object)
            return false;
        if (key.StartsWith("/registry/pods/", StringComparison.Ordinal))
            return spec.TryGetProperty("nodeName", out _) && metadata.TryGetProperty("deletionGracePeriodSeconds", out var grace) && grace.GetInt64() > 0;
        return key.StartsWith("/registry/namespaces/", StringComparison.Ordinal) && spec.TryGetProperty("finalizers", out var finalizers) && finalizers.GetArrayLength() > 0;
    }

    private sealed record Facts(bool IsBeingDeleted, int Finalizers, bool IsEndedByOthers)
    {
        public static Facts OfLiving { get; } = new(false, 0, false);
    }
}
