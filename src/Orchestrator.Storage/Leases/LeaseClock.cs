namespace Orchestrator.Storage.Leases;

/// <summary>
/// Remaining times of all leases, with one timer. It only tells when leases ran out; the store ends them, in its own order of
/// writes, and then calls <see cref="Remove"/>. Any thread may call.
/// </summary>
internal sealed class LeaseClock : IDisposable
{
    private readonly record struct Entry(TimeSpan TimeToLive, long RenewedTimestamp);

    /// <summary>Pause before expired leases are reported again that the store could not end (a full disk, say).</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<long, Entry> entries = [];
    private readonly TimeProvider time;
    private readonly Action<long> expired;
    private readonly ITimer timer;
    private bool disposed;

    /// <param name="expired">Called on the timer's thread for each lease that ran out; must not block.</param>
    public LeaseClock(TimeProvider time, Action<long> expired)
    {
        this.time = time;
        this.expired = expired;
        timer = time.CreateTimer(_ => Sweep(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts a lease with its full time.</summary>
    public void Add(long leaseId, TimeSpan timeToLive)
    {
        lock (gate)
        {
            entries[leaseId] = new Entry(timeToLive, time.GetTimestamp());
            Arm();
        }
    }

    /// <summary>False when the lease does not exist or has run out, even if its keys are not yet deleted.</summary>
    public bool TryRenew(long leaseId)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(leaseId, out var entry) || Remaining(entry) <= TimeSpan.Zero)
                return false;
            entries[leaseId] = entry with { RenewedTimestamp = time.GetTimestamp() };
            return true;
        }
    }

    /// <summary>Whether the lease exists and has time left.</summary>
    public bool IsRunning(long leaseId)
    {
        lock (gate)
            return entries.TryGetValue(leaseId, out var entry) && Remaining(entry) > TimeSpan.Zero;
    }

    public void Remove(long leaseId)
    {
        lock (gate)
            entries.Remove(leaseId);
    }

    public void Dispose()
    {
        lock (gate)
            disposed = true;
        timer.Dispose();
    }

    private void Sweep()
    {
        List<long> due = [];
        lock (gate)
        {
            foreach (var (id, entry) in entries)
            {
                if (Remaining(entry) <= TimeSpan.Zero)
                    due.Add(id);
            }
            Arm();
        }
        foreach (var id in due)
            expired(id);
    }

    /// <summary>Sets the timer for the next end. Renewals do not touch it: it then fires early and is set again.</summary>
    private void Arm()
    {
        if (entries.Count == 0 || disposed)
            return;
        var soonest = TimeSpan.MaxValue;
        foreach (var entry in entries.Values)
        {
            var remaining = Remaining(entry);
            remaining = remaining > TimeSpan.Zero ? remaining : RetryDelay;
            soonest = remaining < soonest ? remaining : soonest;
        }
        timer.Change(Clamp(soonest), Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Remaining(Entry entry) => entry.TimeToLive - time.GetElapsedTime(entry.RenewedTimestamp);

    /// <summary>A timer takes at most 49 days; after that it is simply set again. It must not fire a fraction too soon.</summary>
    private static TimeSpan Clamp(TimeSpan remaining) =>
        TimeSpan.FromMilliseconds(Math.Ceiling(Math.Min(remaining.TotalMilliseconds, TimeSpan.FromDays(1).TotalMilliseconds)));
}
