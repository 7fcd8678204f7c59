namespace Orchestrator.Storage.Backup;

/// <summary>What a restore changes, or would.</summary>
public sealed record RestorePlan(long Created, long Replaced, long Deleted, long Unchanged);

/// <summary>
/// Makes a store hold what a backup holds, by ordinary writes on top of what is there. So revisions go on growing, a client that
/// watches or compares resourceVersions sees changes like any others and never the same revision with other contents, and what
/// was there before can still be read as history.
/// </summary>
/// <remarks>
/// Keys with a lease and time marks are left as they are. Until the restore is complete <see cref="MarkerKey"/> is there; a server
/// must not start on such a store. A restore that was interrupted is simply done again.
/// </remarks>
public static class StoreRestore
{
    public const string MarkerKey = "/orchestrator/restoring";

    private const int MaxBatchBytes = 1_000_000;

    /// <summary>
    /// Where a fresh store begins that replaces a lost one: behind every revision that the lost one can have reached since the
    /// backup, at a thousand writes a second, and a million for good measure.
    /// </summary>
    public static long FirstRevisionAfter(BackupHeader header, DateTimeOffset now) =>
        header.Revision + 1_000_000 + (1000 * (long)Math.Max((now - header.Created).TotalSeconds, 0));

    /// <param name="apply">False only finds out what would be done.</param>
    /// <exception cref="BackupException">The backup cannot be used. Nothing was changed.</exception>
    /// <exception cref="StoreException">The store failed; the restore is to be done again.</exception>
    public static async Task<RestorePlan> RunAsync(IKeyValueStore store, string path, bool apply, CancellationToken cancellationToken)
    {
        var wanted = new SortedDictionary<string, byte[]>(KeyOrder.Instance);
        BackupFile.Read(path, (key, value) => wanted[key] = value);
        var present = await store.RangeAsync(new RangeRequest { Prefix = "" }, cancellationToken);

        var (replaced, unchanged) = (0L, 0L);
        List<StoreChange> deletions = [];
        foreach (var item in present.Items)
        {
            if (!wanted.TryGetValue(item.Key, out var value))
            {
                if (BackupFile.Lasts(item))
                    deletions.Add(StoreChange.Delete(item.Key));
            }
            else if (item.LeaseId == 0 && item.Value.Span.SequenceEqual(value))
            {
                unchanged++;
                wanted.Remove(item.Key);
            }
            else
            {
                replaced++;
            }
        }

        if (apply)
            await ApplyAsync(store, wanted, deletions, cancellationToken);
        return new RestorePlan(wanted.Count - replaced, replaced, deletions.Count, unchanged);
    }

    private static async Task ApplyAsync(
        IKeyValueStore store, SortedDictionary<string, byte[]> puts, List<StoreChange> deletions, CancellationToken cancellationToken)
    {
        await store.CommitAsync(new StoreTransaction([], [StoreChange.Put(MarkerKey, ReadOnlyMemory<byte>.Empty)]), cancellationToken);
        List<StoreChange> batch = [];
        var bytes = 0;
        foreach (var change in puts.Select(put => StoreChange.Put(put.Key, put.Value)).Concat(deletions))
        {
            var size = change.Key.Length + (change.Value?.Length ?? 0);
            if (batch.Count == StoreLimits.MaxOperationsPerTransaction || (batch.Count > 0 && bytes + size > MaxBatchBytes))
            {
                await store.CommitAsync(new StoreTransaction([], batch), cancellationToken);
                (batch, bytes) = ([], 0);
            }
            batch.Add(change);
            bytes += size;
        }
        if (batch.Count > 0)
            await store.CommitAsync(new StoreTransaction([], batch), cancellationToken);
        await store.CommitAsync(new StoreTransaction([], [StoreChange.Delete(MarkerKey)]), cancellationToken);
    }
}
