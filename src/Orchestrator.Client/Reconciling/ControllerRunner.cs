using System.Globalization;
using Microsoft.Extensions.Logging;
using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.Client.Causes;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Queues;

namespace Orchestrator.Client.Reconciling;

public sealed record ControllerOptions
{
    /// <summary>Name in causes, logs and metrics, e.g. "replicaset".</summary>
    public required string Name { get; init; }

    /// <summary>The kind whose keys are reconciled, for the cause.</summary>
    public required GroupVersionResource Resource { get; init; }

    /// <summary>Keys reconciled at the same time. Kubernetes' default for most controllers is 5.</summary>
    public int Workers { get; init; } = 5;

    /// <summary>
    /// How long a key waits for caches to show its last write. Only a broken watch takes longer; then the caches are taken as they are.
    /// </summary>
    public TimeSpan MaxCacheWait { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// Runs one reconciler over one queue. A worker has its slot before it takes a key, so the queue itself is the back-pressure.
/// Everything a reconcile writes carries its <see cref="Cause"/>.
/// </summary>
public sealed partial class ControllerRunner
{
    private readonly ControllerOptions options;
    private readonly WorkQueue<ObjectKey> queue;
    private readonly IReconciler reconciler;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ReadYourWrites guard;
    private readonly Dictionary<ObjectKey, long> waitingSince = [];
    private readonly ITimer sweep;
    private readonly KeyValuePair<string, object?> nameTag;
    private long reconciles;

    public ControllerRunner(
        ControllerOptions options, WorkQueue<ObjectKey> queue, IReconciler reconciler, InformerFactory informers, TimeProvider time, ILogger logger)
    {
        this.options = options;
        this.queue = queue;
        this.reconciler = reconciler;
        this.time = time;
        this.logger = logger;
        guard = new ReadYourWrites(informers);
        nameTag = new KeyValuePair<string, object?>("controller", options.Name);
        sweep = time.CreateTimer(static r => ((ControllerRunner)r!).AddThoseWaiting(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Works until cancelled. Starts when the given informers have their first list.</summary>
    public async Task RunAsync(IEnumerable<Task> synced, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(synced).WaitAsync(cancellationToken);
            await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => WorkAsync(cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is how this ends.
        }
        finally
        {
            await sweep.DisposeAsync();
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (await queue.TakeAsync(cancellationToken) is { } item)
        {
            try
            {
                if (IsCurrent(item))
                    await ReconcileAsync(item, cancellationToken);
            }
            finally
            {
                queue.Done(item.Key);
            }
        }
    }

    private bool IsCurrent(WorkItem<ObjectKey> item)
    {
        var isCurrent = guard.IsCurrent(item.Key, () => queue.Add(item.Key, item.Triggers)) || WaitedTooLong(item.Key);
        lock (waitingSince)
        {
            if (isCurrent)
                waitingSince.Remove(item.Key);
            else if (waitingSince.TryAdd(item.Key, time.GetTimestamp()) && waitingSince.Count == 1)
                sweep.Change(options.MaxCacheWait, Timeout.InfiniteTimeSpan);
        }

        return isCurrent;
    }

    private bool WaitedTooLong(ObjectKey key)
    {
        lock (waitingSince)
        {
            if (!waitingSince.TryGetValue(key, out var since) || time.GetElapsedTime(since) < options.MaxCacheWait)
                return false;
        }

        LogCacheTooOld(options.Name, key, options.MaxCacheWait.TotalSeconds);
        guard.Forget(key);
        return true;
    }

    /// <summary>Keys may have waited <see cref="ControllerOptions.MaxCacheWait"/>: they get their turn.</summary>
    private void AddThoseWaiting()
    {
        lock (waitingSince)
        {
            foreach (var key in waitingSince.Keys)
                queue.Add(key);
            if (waitingSince.Count > 0)
                sweep.Change(options.MaxCacheWait, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task ReconcileAsync(WorkItem<ObjectKey> item, CancellationToken cancellationToken)
    {
        var key = item.Key;
        var id = string.Create(CultureInfo.InvariantCulture, $"{options.Name}-{Interlocked.Increment(ref reconciles)}");
        var writes = new WriteSet();
        Cause.Current = new Cause(options.Name, id, $"{options.Resource.ApiVersion}/{options.Resource.Resource}/{key}", item.Triggers);
        WriteSet.Current = writes;
        var startedAt = time.GetTimestamp();
        try
        {
            var result = await reconciler.ReconcileAsync(key, cancellationToken);
            queue.Forget(key);
            if (result.RequeueAfter is { } delay)
                queue.AddAfter(key, delay);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (TerminalException e)
        {
            LogTerminal(options.Name, key, id, e.Message);
            queue.Forget(key);
        }
        catch (ApiException e) when (e.IsNamespaceTerminating)
        {
            // Lost a race against the deletion of the namespace, which will take the object as well.
            LogNamespaceTerminating(options.Name, key, id, e.Message);
            queue.Forget(key);
        }
        catch (Exception e)
        {
            LogFailure(e, key, id);
            queue.AddWithBackoff(key, item.Triggers);
        }
        finally
        {
            guard.Remember(key, writes);
            ReconcileMetrics.Duration.Record(time.GetElapsedTime(startedAt).TotalSeconds, nameTag);
            ReconcileMetrics.Reconciles.Add(1, nameTag);
        }
    }

    private void LogFailure(Exception exception, ObjectKey key, string id)
    {
        // Losing a race against another writer is part of the game, and so is an object that has just gone.
        if (exception is ApiException { Reason: StatusReason.Conflict or StatusReason.NotFound or StatusReason.AlreadyExists } lost)
            LogRaceLost(options.Name, key, id, lost.Message);
        else if (exception is ApiException refused)
            LogRefused(options.Name, key, id, refused.Message);
        else
            LogFailed(exception, options.Name, key, id);
    }

    [LoggerMessage(LogLevel.Warning, "{Controller} waited {Seconds} s for caches to show its last write of {Key}; going on with what they have")]
    private partial void LogCacheTooOld(string controller, ObjectKey key, double seconds);

    [LoggerMessage(LogLevel.Warning, "{Controller} cannot reconcile {Key} until it changes ({ReconcileId}): {Reason}")]
    private partial void LogTerminal(string controller, ObjectKey key, string reconcileId, string reason);

    [LoggerMessage(LogLevel.Debug, "{Controller} leaves {Key} as it is ({ReconcileId}): {Reason}")]
    private partial void LogNamespaceTerminating(string controller, ObjectKey key, string reconcileId, string reason);

    [LoggerMessage(LogLevel.Debug, "{Controller} tries {Key} again ({ReconcileId}): {Reason}")]
    private partial void LogRaceLost(string controller, ObjectKey key, string reconcileId, string reason);

    [LoggerMessage(LogLevel.Warning, "{Controller} was refused while reconciling {Key} ({ReconcileId}), trying again: {Reason}")]
    private partial void LogRefused(string controller, ObjectKey key, string reconcileId, string reason);

    [LoggerMessage(LogLevel.Error, "{Controller} failed to reconcile {Key} ({ReconcileId}), trying again")]
    private partial void LogFailed(Exception exception, string controller, ObjectKey key, string reconcileId);
}
