using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orchestrator.Api;
using Orchestrator.Api.Errors;

namespace Orchestrator.Client.Informers;

/// <summary>What a <see cref="Reflector{T}"/> feeds. Called from one flow at a time, in the order of the server's revisions.</summary>
public interface IReflectorSink<T>
    where T : KubernetesObject
{
    void Replace(IReadOnlyList<T> items, string? resourceVersion);

    void Apply(WatchEvent<T> change);
}

/// <summary>
/// Lists, then watches for ever. A watch that ends or breaks is resumed from the last revision seen; only a server that no longer
/// has that revision (410) makes it list again. Failures wait with backoff, so a dead server costs little and a live one is found
/// soon.
/// </summary>
public sealed partial class Reflector<T>(
    IListWatch<T> source, IReflectorSink<T> sink, InformerOptions options, TimeProvider time, Random random, ILogger logger)
    where T : KubernetesObject
{
    private string? resourceVersion;
    private bool mustList = true;
    private TimeSpan backoff = options.MinBackoff;
    private bool refused;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                if (!await ListAndWatchAsync(cancellationToken))
                    await PauseAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is how this loop ends.
        }
    }

    /// <returns>False when the next try should wait a little.</returns>
    private async Task<bool> ListAndWatchAsync(CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        try
        {
            if (mustList)
                await ListAsync(cancellationToken);
            var seen = await WatchAsync(cancellationToken);
            // A server that ends each watch at once must not be asked in a tight loop.
            var healthy = seen > 0 || time.GetElapsedTime(startedAt) > options.MaxBackoff;
            if (healthy)
                backoff = options.MinBackoff;
            return healthy;
        }
        catch (ApiException e) when (e.Reason is StatusReason.Gone or StatusReason.Expired || e.Code == 410)
        {
            LogExpired(typeof(T).Name, resourceVersion);
            // The newest state there is; a cached one could be as old as what we have.
            mustList = true;
            resourceVersion = "";
            return false;
        }
        catch (ApiException e) when (e.Code is 401 or 403 or 404)
        {
            // Does not pass by itself, and whoever waits for this kind waits in silence.
            if (!refused)
                LogRefused(typeof(T).Name, e.Message);
            refused = true;
            return false;
        }
        catch (ApiException e) when (e.InnerException is JsonException)
        {
            // No connection that broke: one of the two has a bug.
            LogUnreadable(e, typeof(T).Name);
            return false;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailed(typeof(T).Name, e.Message);
            return false;
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        // "0" takes what the server has in its cache; a list after a failure must not go back behind what was seen.
        var list = await source.ListAsync(new ListOptions { ResourceVersion = resourceVersion ?? "0" }, cancellationToken);
        sink.Replace(list.Items, list.Metadata.ResourceVersion);
        resourceVersion = list.Metadata.ResourceVersion;
        mustList = false;
        refused = false;
        backoff = options.MinBackoff;
    }

    private async Task<int> WatchAsync(CancellationToken cancellationToken)
    {
        var seen = 0;
        var watch = new ListOptions { ResourceVersion = resourceVersion, AllowWatchBookmarks = true, Timeout = NextTimeout() };
        await foreach (var change in source.WatchAsync(watch, cancellationToken))
        {
            sink.Apply(change);
            resourceVersion = change.Object.Metadata.ResourceVersion ?? resourceVersion;
            seen++;
        }

        return seen;
    }

    /// <summary>Spread over a factor of two, so that the watches of many clients do not end together.</summary>
    private TimeSpan NextTimeout()
    {
        lock (random)
            return options.MinWatchTimeout * (1 + random.NextDouble());
    }

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        TimeSpan delay;
        lock (random)
            delay = backoff * (0.8 + (0.4 * random.NextDouble()));
        backoff = TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, options.MaxBackoff.Ticks));
        await Task.Delay(delay, time, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Revision {ResourceVersion} of {Kind} is no longer kept by the server; listing again")]
    private partial void LogExpired(string kind, string? resourceVersion);

    [LoggerMessage(LogLevel.Warning, "The server refuses to list or watch {Kind}, trying on: {Reason}")]
    private partial void LogRefused(string kind, string reason);

    [LoggerMessage(LogLevel.Warning, "What the server says of {Kind} makes no sense, trying again")]
    private partial void LogUnreadable(Exception exception, string kind);

    [LoggerMessage(LogLevel.Debug, "Watching {Kind} failed, trying again: {Reason}")]
    private partial void LogFailed(string kind, string reason);
}
