using Orchestrator.Api;
using Orchestrator.Api.Lab.V1Alpha1;
using Orchestrator.Api.Serialization;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.SchedulingTraces;

/// <summary>
/// Traces as they lie in the store: one key per pod and uid, the last one wins, gone after the history's age. They are no objects of
/// the registry: nothing watches, patches or owns them. Thread-safe.
/// </summary>
internal sealed class SchedulingTraceStore(IKeyValueStore store, TimeProvider time)
{
    public const string Prefix = "/traces/";

    /// <summary>Half of what a transaction may hold: framing and keys come on top.</summary>
    private const int MaxTransactionBytes = StoreLimits.MaxTransactionBytes / 2;

    private static readonly TimeSpan Retention = TimeSpan.FromHours(24);
    private static readonly TimeSpan LeaseShare = TimeSpan.FromHours(1);

    private readonly SharedLease lease = new(store, time, Retention, LeaseShare);

    /// <exception cref="StoreException">The store refused; some of them may have been written.</exception>
    public async Task WriteAsync(IReadOnlyList<SchedulingTrace> traces, CancellationToken cancellationToken)
    {
        var current = await lease.GetAsync(cancellationToken);
        var changes = new Dictionary<string, StoreChange>();
        var bytes = 0;
        foreach (var trace in traces)
        {
            var value = ApiJson.Serialize(trace with { ApiVersion = "lab.orc.dev/v1alpha1", Kind = "SchedulingTrace" });
            if (changes.Count == StoreLimits.MaxOperationsPerTransaction || bytes + value.Length > MaxTransactionBytes)
            {
                await CommitAsync(changes, current, cancellationToken);
                bytes = 0;
            }

            var key = $"{Prefix}{trace.Metadata.Namespace}/{trace.Metadata.Name}/{trace.PodUid}";
            changes[key] = StoreChange.Put(key, value, current);
            bytes += value.Length;
        }

        await CommitAsync(changes, current, cancellationToken);
    }

    /// <summary>The JSON of the last trace of the pod of that name, or null.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(ObjectKey pod, CancellationToken cancellationToken)
    {
        var found = await store.RangeAsync(new RangeRequest { Prefix = $"{Prefix}{pod.Namespace}/{pod.Name}/" }, cancellationToken);
        return found.Items.MaxBy(item => item.ModRevision)?.Value;
    }

    /// <param name="namespace">Empty for all.</param>
    /// <param name="startKey">Where an earlier page ended; null from the beginning.</param>
    public ValueTask<RangeResult> ListAsync(string @namespace, string? startKey, int limit, CancellationToken cancellationToken) =>
        store.RangeAsync(
            new RangeRequest { Prefix = @namespace.Length == 0 ? Prefix : $"{Prefix}{@namespace}/", StartKey = startKey, Limit = limit }, cancellationToken);

    private async Task CommitAsync(Dictionary<string, StoreChange> changes, long current, CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
            return;
        try
        {
            await store.CommitAsync(new StoreTransaction([], [.. changes.Values]), cancellationToken);
        }
        catch (StoreException error) when (error.Error == StoreError.LeaseNotFound)
        {
            lease.Drop(current);
            throw;
        }

        changes.Clear();
    }
}
