namespace Orchestrator.Storage;

/// <summary>
/// An ordered, versioned key-value store with etcd's semantics: one revision counter for the whole store, compare-and-swap
/// transactions, range reads at a revision, an ordered watch, and compaction.
/// </summary>
/// <remarks>
/// <para>In short; the whole contract is CONTRACT.md.</para>
/// <para><b>Revisions.</b> Every committed transaction that changes something takes exactly one new revision, one higher than
/// the last; all its changes carry that revision. A transaction that changes nothing takes none.</para>
/// <para><b>Durability.</b> A call that returned success survives a crash of the process and of the machine. A call that threw
/// <see cref="StoreException"/> with <see cref="StoreError.Unavailable"/> may or may not have happened.</para>
/// <para><b>Reads</b> are linearizable when no revision is named: they see every write acknowledged before they began.</para>
/// <para><b>Concurrency.</b> All members may be called from any thread at any time. Nothing may rely on being the only writer.</para>
/// <para><b>Keys</b> are not empty and are ordered by their UTF-8 bytes. Sizes and counts are bounded by <see cref="StoreLimits"/>,
/// the same for every store. Source: etcd v3 API guarantees.</para>
/// <para><b>Memory.</b> The store may keep the value memory it is given, and hands the same memory to several readers: neither
/// side changes it afterwards.</para>
/// </remarks>
public interface IKeyValueStore : IStoreReader
{
    /// <summary>Reads one key, now or at <paramref name="revision"/> (0 means now).</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Compacted"/> or <see cref="StoreError.FutureRevision"/>.</exception>
    ValueTask<GetResult> GetAsync(string key, long revision, CancellationToken cancellationToken);

    /// <summary>
    /// If every condition holds, applies all changes at one new revision; otherwise changes nothing and returns what the
    /// conditions' keys hold now. Deleting an absent key is no change. Cancelling does not undo a write already under way.
    /// </summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.NoSpace"/>, <see cref="StoreError.ReadOnly"/>, <see cref="StoreError.TooLarge"/>,
    /// <see cref="StoreError.LeaseNotFound"/>: nothing was written. <see cref="StoreError.Unavailable"/>: it may have been.
    /// </exception>
    /// <exception cref="ArgumentException">An empty key, or a key changed twice.</exception>
    ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Watches all keys that start with <paramref name="prefix"/> from <paramref name="fromRevision"/> on (inclusive; 0 means
    /// "from the next change"; a revision still to come is allowed). Batches arrive in revision order, each complete (a
    /// revision is never split), none missing, none twice. A <see cref="WatchBatch"/> without changes is a progress mark:
    /// everything up to its revision was delivered.
    /// </summary>
    /// <remarks>
    /// The watch begins when the enumeration does. A watch from 0 first delivers a progress mark: the revision it starts behind.
    /// A watch from the past delivers one when it has caught up.
    /// Marks come now and then while other keys change, and soon after <see cref="RequestProgressAsync"/>.
    /// The enumeration ends only by cancellation (<see cref="OperationCanceledException"/>) or by <see cref="StoreException"/>:
    /// <see cref="StoreError.Compacted"/> when the start is no longer kept, <see cref="StoreError.SlowReader"/> when the reader
    /// fell too far behind, <see cref="StoreError.Unavailable"/> when the store was closed.
    /// </remarks>
    IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, CancellationToken cancellationToken);

    /// <summary>
    /// Asks every watch of exactly this prefix to deliver, soon, a batch or a progress mark of at least the store's present
    /// revision. A cache uses it to learn that it is as fresh as a revision it read, when nothing under its prefix changed.
    /// </summary>
    ValueTask RequestProgressAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets values superseded before or at <paramref name="revision"/>. Reads below it then throw Compacted; a watch must
    /// start above it. Idempotent: a revision already compacted changes nothing. Space is freed in the background.
    /// </summary>
    /// <exception cref="StoreException"><see cref="StoreError.FutureRevision"/>.</exception>
    ValueTask CompactAsync(long revision, CancellationToken cancellationToken);

    /// <summary>The oldest revision that can still be read (the last compacted one), 0 if never compacted.</summary>
    ValueTask<long> GetCompactedRevisionAsync(CancellationToken cancellationToken);

    /// <summary>How much room the store takes, and whether there is any left.</summary>
    ValueTask<StoreStatus> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Grants a lease; keys attached to it are deleted, in one transaction, when it expires or is revoked. It never expires
    /// early; after a restart of the store it has its full time again.
    /// </summary>
    ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <summary>Renews a lease. False when it no longer exists.</summary>
    ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken);

    /// <summary>Ends a lease and deletes its keys. False when it did not exist.</summary>
    ValueTask<bool> RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken);
}

/// <summary>One key as stored.</summary>
/// <param name="CreateRevision">Revision of the creation since the last deletion.</param>
/// <param name="ModRevision">Revision of the last change.</param>
/// <param name="Version">Number of changes since creation, from 1.</param>
public sealed record KeyValue(string Key, ReadOnlyMemory<byte> Value, long CreateRevision, long ModRevision, long Version, long LeaseId = 0)
{
    /// <summary>
    /// Why the value is of no use, when a layer above the store cannot translate it; it is then as it lies in the store. Stores
    /// themselves leave this null.
    /// </summary>
    public string? Fault { get; init; }
}

/// <param name="Revision">The store's revision at the time of the read.</param>
public readonly record struct GetResult(KeyValue? KeyValue, long Revision);

/// <summary>A range of keys.</summary>
public sealed record RangeRequest
{
    /// <summary>Only keys that start with this.</summary>
    public required string Prefix { get; init; }

    /// <summary>Only keys greater than or equal to this (within the prefix). Null means from the first.</summary>
    public string? StartKey { get; init; }

    /// <summary>At most this many (0 means all).</summary>
    public int Limit { get; init; }

    /// <summary>Read as of this revision; 0 means now.</summary>
    public long Revision { get; init; }

    /// <summary>Leave the values out.</summary>
    public bool KeysOnly { get; init; }

    /// <summary>Return only <see cref="RangeResult.Count"/>.</summary>
    public bool CountOnly { get; init; }
}

/// <param name="Items">In key order.</param>
/// <param name="Revision">The store's revision at the time of the read.</param>
/// <param name="Count">How many keys the range holds in all, whatever the limit.</param>
/// <param name="More">Whether keys remain behind the last item.</param>
public sealed record RangeResult(IReadOnlyList<KeyValue> Items, long Revision, long Count, bool More);

/// <summary>Changes to be applied together, if the conditions hold.</summary>
public sealed record StoreTransaction(IReadOnlyList<StoreCondition> Conditions, IReadOnlyList<StoreChange> Changes)
{
    /// <summary>Creates a key that must not exist.</summary>
    public static StoreTransaction Create(string key, ReadOnlyMemory<byte> value, long leaseId = 0) =>
        new([new(key, 0)], [StoreChange.Put(key, value, leaseId)]);

    /// <summary>Replaces a key whose last change was at <paramref name="expectedModRevision"/>.</summary>
    public static StoreTransaction Update(string key, long expectedModRevision, ReadOnlyMemory<byte> value, long leaseId = 0) =>
        new([new(key, expectedModRevision)], [StoreChange.Put(key, value, leaseId)]);

    /// <summary>Deletes a key whose last change was at <paramref name="expectedModRevision"/>.</summary>
    public static StoreTransaction Delete(string key, long expectedModRevision) =>
        new([new(key, expectedModRevision)], [StoreChange.Delete(key)]);
}

/// <summary>The key's last change must have been at this revision; 0 means the key must not exist.</summary>
public readonly record struct StoreCondition(string Key, long ModRevision);

/// <summary>A put (value present) or a delete (value null) of one key. A key occurs at most once in a transaction.</summary>
public readonly record struct StoreChange(string Key, ReadOnlyMemory<byte>? Value, long LeaseId = 0)
{
    public static StoreChange Put(string key, ReadOnlyMemory<byte> value, long leaseId = 0) => new(key, value, leaseId);

    public static StoreChange Delete(string key) => new(key, null);
}

/// <param name="Revision">The new revision when committed, else the store's revision at the time of the check.</param>
/// <param name="Current">When not committed: what each condition's key holds now (null: absent), in the order of the conditions.</param>
public sealed record CommitResult(bool Committed, long Revision, IReadOnlyList<KeyValue?> Current);

/// <summary>All changes of one revision under the watched prefix, or a progress mark when empty.</summary>
public sealed record WatchBatch(long Revision, IReadOnlyList<WatchChange> Changes);

/// <summary>One change. <paramref name="Current"/> is null for a delete; <paramref name="Previous"/> is null for a creation.</summary>
public sealed record WatchChange(string Key, KeyValue? Current, KeyValue? Previous);

/// <summary>What went wrong, in terms a caller can act on.</summary>
public enum StoreError
{
    /// <summary>The revision asked for is older than the history kept.</summary>
    Compacted,

    /// <summary>The revision asked for does not exist yet.</summary>
    FutureRevision,

    /// <summary>A watcher read too slowly and was dropped; it must start again from a list.</summary>
    SlowReader,

    /// <summary>No room left: the disk is full or the quota is reached.</summary>
    NoSpace,

    /// <summary>The transaction is larger than the store accepts.</summary>
    TooLarge,

    /// <summary>The file is read-only or the user may not write.</summary>
    ReadOnly,

    /// <summary>The store cannot be reached, or did not answer in time. A write may have happened.</summary>
    Unavailable,

    /// <summary>The stored data is damaged or of a newer version.</summary>
    Corrupt,

    /// <summary>The lease a key was to be attached to does not exist, or has expired.</summary>
    LeaseNotFound,
}

/// <summary>A failure of the store. The only exception family that leaves a store, besides cancellation.</summary>
public sealed class StoreException(StoreError error, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public StoreError Error { get; } = error;

    /// <summary>
    /// For a write that ended with <see cref="StoreError.Unavailable"/>: it was not done and will not be. False promises nothing.
    /// </summary>
    public bool IsCertainlyNotDone { get; init; }

    /// <summary>The disk below an embedded store could not be read or written (EIO).</summary>
    public bool IsDiskFault { get; init; }
}
