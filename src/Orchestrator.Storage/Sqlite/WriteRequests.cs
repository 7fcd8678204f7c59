using Orchestrator.Storage.Leases;

namespace Orchestrator.Storage.Sqlite;

/// <summary>One caller's wish, queued for the writer thread.</summary>
internal abstract class WriteRequest
{
    /// <summary>Whether it makes the store larger, so that it must wait for room when there is none.</summary>
    public virtual bool NeedsRoom => false;

    /// <summary>Does the work inside the group's transaction. Throws only what fails the whole group.</summary>
    public abstract void Apply(LogAppender log);

    /// <summary>The group is on disk: tell the caller.</summary>
    public abstract void Complete();

    /// <summary>The group was rolled back, or never begun.</summary>
    public abstract void Fail(StoreException error);
}

/// <inheritdoc/>
internal abstract class WriteRequest<T> : WriteRequest
{
    // The writer thread must not run its callers' code.
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? result;
    private StoreException? refusal;

    public Task<T> Task => completion.Task;

    public sealed override void Apply(LogAppender log)
    {
        refusal = Check(log);
        if (refusal is null)
            result = Execute(log);
    }

    public override void Complete()
    {
        if (refusal is null)
            completion.TrySetResult(result!);
        else
            completion.TrySetException(refusal);
    }

    public sealed override void Fail(StoreException error) =>
        completion.TrySetException(new StoreException(error.Error, error.Message, error) { IsCertainlyNotDone = error.IsCertainlyNotDone });

    /// <summary>An error for this caller alone, found before anything is written; or null.</summary>
    protected virtual StoreException? Check(LogAppender log) => null;

    protected abstract T Execute(LogAppender log);
}

internal sealed class CommitRequest(StoreTransaction transaction) : WriteRequest<CommitResult>
{
    public override bool NeedsRoom
    {
        get
        {
            foreach (var change in transaction.Changes)
            {
                if (change.Value is not null)
                    return true;
            }
            return false;
        }
    }

    protected override StoreException? Check(LogAppender log)
    {
        foreach (var change in transaction.Changes)
        {
            // A condition that fails is the answer, whatever the changes would have met.
            if (change.LeaseId != 0 && !log.HasLease(change.LeaseId) && Holds(log))
                return StoreErrors.LeaseNotFound(change.LeaseId);
        }
        return null;
    }

    protected override CommitResult Execute(LogAppender log)
    {
        if (!Holds(log))
            return new CommitResult(false, log.Revision, transaction.Conditions.Select(each => log.Head(each.Key)).ToArray());
        log.Append(transaction.Changes);
        return new CommitResult(true, log.Revision, []);
    }

    private bool Holds(LogAppender log)
    {
        var conditions = transaction.Conditions;
        for (var i = 0; i < conditions.Count; i++)
        {
            if ((log.Head(conditions[i].Key)?.ModRevision ?? 0) != conditions[i].ModRevision)
                return false;
        }
        return true;
    }
}

internal sealed class GrantLeaseRequest(TimeSpan timeToLive, LeaseClock leases) : WriteRequest<long>
{
    private long id;

    public override bool NeedsRoom => true;

    public override void Complete()
    {
        leases.Add(id, timeToLive);
        base.Complete();
    }

    protected override long Execute(LogAppender log) => id = log.AddLease(timeToLive);
}

/// <param name="onlyIfExpired">The clock asks: a renewal that came in between wins.</param>
internal sealed class EndLeaseRequest(long leaseId, LeaseClock leases, bool onlyIfExpired) : WriteRequest<bool>
{
    private bool ended;

    public override void Complete()
    {
        if (ended)
            leases.Remove(leaseId);
        base.Complete();
    }

    protected override bool Execute(LogAppender log)
    {
        ended = log.HasLease(leaseId) && !(onlyIfExpired && leases.IsRunning(leaseId));
        if (ended)
            log.EndLease(leaseId);
        return ended;
    }
}

internal sealed class CompactRequest(long revision) : WriteRequest<long>
{
    protected override StoreException? Check(LogAppender log) =>
        revision > log.Revision ? StoreErrors.FutureRevision(revision, log.Revision) : null;

    protected override long Execute(LogAppender log)
    {
        if (revision > log.CompactedRevision)
            log.SetCompacted(revision);
        return log.CompactedRevision;
    }
}
