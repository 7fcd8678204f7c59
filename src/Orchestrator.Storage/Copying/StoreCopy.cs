namespace Orchestrator.Storage.Copying;

/// <summary>
/// Copies a store into a fresh one of any kind by doing again, revision by revision, what was done to it. Every key keeps the
/// revisions of its creation and of its last change, so a client's resourceVersion means the same before and after, and the
/// history that the source still has is kept whole. What goes beyond the source's compaction is not there to be copied: the
/// destination is compacted at the same revision, and only the number of changes of a key (its version) starts over.
/// </summary>
/// <remarks>
/// <para>Revisions that left nothing behind are taken by writing to <see cref="FillerKey"/>, which is deleted at the end.</para>
/// <para>Leases cannot be read, so keys that hang on one hang on a new one of <see cref="LeaseTime"/>. Keys under
/// <see cref="DroppedPrefix"/> are deleted at the end: they say which servers live.</para>
/// <para>The source may be written to meanwhile; the copy is of the revision it had at the beginning.</para>
/// </remarks>
public sealed class StoreCopy(IKeyValueStore source, IKeyValueStore destination, Action<StoreCopyProgress> progress)
{
    public const string FillerKey = "/orchestrator/copying";

    /// <summary>Where API servers show that they live, each with a lease of seconds.</summary>
    public const string DroppedPrefix = "/registry/masterleases/";

    /// <summary>A little over the longest time that an API server gives a key, an hour and five minutes.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(66);

    private const int ParallelFillers = 64;
    private const int RevisionsPerReport = 1000;

    private readonly Dictionary<long, long> leases = [];
    private long done = 1;
    private long last;
    private bool hasFiller;

    /// <exception cref="StoreCopyException">The destination is not fresh, or somebody else writes to it, or the copy differs.</exception>
    /// <exception cref="StoreException">A store fails. What was copied so far stays; empty the destination and begin again.</exception>
    public async Task<StoreCopyResult> RunAsync(CancellationToken cancellationToken)
    {
        await RefuseUsedAsync(cancellationToken);
        last = await source.GetRevisionAsync(cancellationToken);
        var compacted = await source.GetCompactedRevisionAsync(cancellationToken);
        if (compacted > 0)
            await WriteBaseAsync(compacted, cancellationToken);
        await ReplayAsync(Math.Max(compacted, 1), cancellationToken);
        progress(new StoreCopyProgress(last, last));

        var expected = await StoreDigest.ComputeAsync(source, last, FillerKey, cancellationToken);
        var actual = await StoreDigest.ComputeAsync(destination, last, FillerKey, cancellationToken);
        if (expected != actual)
            throw new StoreCopyException($"the copy differs from the source: {actual.Keys} keys with digest {actual.Sha256}, not {expected.Keys} with {expected.Sha256}");
        await TidyUpAsync(cancellationToken);
        if (compacted > 0)
            await destination.CompactAsync(compacted, cancellationToken);
        return new StoreCopyResult(actual.Keys, actual.Sha256, last, compacted, await destination.GetRevisionAsync(cancellationToken));
    }

    private async Task RefuseUsedAsync(CancellationToken cancellationToken)
    {
        var there = await destination.RangeAsync(new RangeRequest { Prefix = "", Limit = 1, KeysOnly = true }, cancellationToken);
        if (there.Count > 0)
            throw new StoreCopyException($"the destination is not empty: it holds {there.Count} keys, the first is {there.Items[0].Key}");
        if (there.Revision > 1)
            throw new StoreCopyException($"the destination has been used before (its revision is {there.Revision}): revisions could not be kept; take a fresh one");
    }

    /// <summary>What the source held at its compaction: each key at the revisions of its creation and of its last change.</summary>
    private async Task WriteBaseAsync(long compacted, CancellationToken cancellationToken)
    {
        var held = await source.RangeAsync(new RangeRequest { Prefix = "", Revision = compacted }, cancellationToken);
        var writes = new SortedDictionary<long, List<StoreChange>>();
        foreach (var item in held.Items)
        {
            // The value it had then is compacted away again in the end; only that it began there lasts.
            if (item.CreateRevision < item.ModRevision)
                At(item.CreateRevision).Add(StoreChange.Put(item.Key, ReadOnlyMemory<byte>.Empty));
            At(item.ModRevision).Add(StoreChange.Put(item.Key, item.Value, await LeaseAsync(item.LeaseId, cancellationToken)));
        }

        foreach (var (revision, changes) in writes)
        {
            await FillAsync(revision - 1, cancellationToken);
            await CommitAsync(changes, revision, cancellationToken);
        }

        await FillAsync(compacted, cancellationToken);

        List<StoreChange> At(long revision)
        {
            if (!writes.TryGetValue(revision, out var changes))
                writes[revision] = changes = [];
            return changes;
        }
    }

    /// <summary>What happened since, as it happened.</summary>
    private async Task ReplayAsync(long behind, CancellationToken cancellationToken)
    {
        if (behind >= last)
            return;
        await foreach (var batch in source.WatchAsync("", behind + 1, cancellationToken))
        {
            var revision = Math.Min(batch.Revision, last);
            if (batch.Changes.Count > 0 && batch.Revision <= last)
            {
                await FillAsync(revision - 1, cancellationToken);
                await ApplyAsync(batch, cancellationToken);
            }
            else
            {
                await FillAsync(revision, cancellationToken);
            }

            if (revision == last)
                return;
        }
    }

    private async Task ApplyAsync(WatchBatch batch, CancellationToken cancellationToken)
    {
        // Only the end of a lease takes more keys than a transaction may; what hung on it here hangs on one there.
        if (batch.Changes.Count > StoreLimits.MaxOperationsPerTransaction)
        {
            if (!leases.Remove(batch.Changes[0].Previous?.LeaseId ?? 0, out var lease) || !await destination.RevokeLeaseAsync(lease, cancellationToken))
                throw new StoreCopyException($"revision {batch.Revision} changed {batch.Changes.Count} keys at once, more than a store takes");
            Advance(await destination.GetRevisionAsync(cancellationToken), batch.Revision);
            return;
        }

        var changes = new List<StoreChange>(batch.Changes.Count);
        foreach (var change in batch.Changes)
        {
            changes.Add(change.Current is { } current
                ? StoreChange.Put(change.Key, current.Value, await LeaseAsync(current.LeaseId, cancellationToken))
                : StoreChange.Delete(change.Key));
        }

        await CommitAsync(changes, batch.Revision, cancellationToken);
    }

    private async ValueTask<long> LeaseAsync(long sourceLease, CancellationToken cancellationToken)
    {
        if (sourceLease == 0)
            return 0;
        if (!leases.TryGetValue(sourceLease, out var lease))
            leases[sourceLease] = lease = await destination.GrantLeaseAsync(LeaseTime, cancellationToken);
        return lease;
    }

    private async Task CommitAsync(IReadOnlyList<StoreChange> changes, long revision, CancellationToken cancellationToken) =>
        Advance((await destination.CommitAsync(new StoreTransaction([], changes), cancellationToken)).Revision, revision);

    /// <summary>Takes all revisions up to this one. Their order does not matter, so many are under way at once.</summary>
    private async Task FillAsync(long revision, CancellationToken cancellationToken)
    {
        while (done < revision)
        {
            var count = (int)Math.Min(ParallelFillers, revision - done);
            var commits = new Task<CommitResult>[count];
            for (var i = 0; i < count; i++)
                commits[i] = destination.CommitAsync(new StoreTransaction([], [StoreChange.Put(FillerKey, ReadOnlyMemory<byte>.Empty)]), cancellationToken).AsTask();
            hasFiller = true;
            var results = await Task.WhenAll(commits);
            Advance(results.Max(result => result.Revision), done + count);
        }
    }

    private void Advance(long actual, long expected)
    {
        if (actual != expected)
            throw new StoreCopyException($"the destination is at revision {actual} where the copy is at {expected}: somebody else writes to it");
        var before = done;
        done = actual;
        if (before / RevisionsPerReport != done / RevisionsPerReport)
            progress(new StoreCopyProgress(done, last));
    }

    private async Task TidyUpAsync(CancellationToken cancellationToken)
    {
        var dropped = await destination.RangeAsync(new RangeRequest { Prefix = DroppedPrefix, KeysOnly = true }, cancellationToken);
        List<StoreChange> changes = [.. dropped.Items.Select(item => StoreChange.Delete(item.Key))];
        if (hasFiller)
            changes.Add(StoreChange.Delete(FillerKey));
        if (changes.Count > 0)
            await destination.CommitAsync(new StoreTransaction([], changes), cancellationToken);
    }
}

/// <param name="Done">Revisions done so far.</param>
/// <param name="All">The source's revision.</param>
public readonly record struct StoreCopyProgress(long Done, long All);

/// <param name="Keys">Keys at the source's revision, in both stores.</param>
/// <param name="Sha256">Of keys, values and revisions, the same in both.</param>
/// <param name="SourceRevision">The revision that was copied.</param>
/// <param name="CompactedRevision">History is kept from here on; 0: from the beginning.</param>
/// <param name="Revision">The destination's revision: the source's, or one more.</param>
public sealed record StoreCopyResult(long Keys, string Sha256, long SourceRevision, long CompactedRevision, long Revision);

/// <summary>A copy that was refused, or that cannot be trusted. The message is fit for the user.</summary>
public sealed class StoreCopyException(string message) : Exception(message);
