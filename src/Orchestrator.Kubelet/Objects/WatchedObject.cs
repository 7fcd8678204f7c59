using Orchestrator.Api.Errors;

namespace Orchestrator.Kubelet.Objects;

internal interface IWatchedObject
{
    /// <summary>Waits for the first answer of the server.</summary>
    /// <exception cref="ApiException">The server refused, and never gave the object before.</exception>
    Task<KubernetesObject?> GetAsync(CancellationToken cancellationToken);

    void Stop();
}

/// <summary>One object, fetched and then watched by name.</summary>
internal sealed partial class WatchedObject<T> : IWatchedObject
    where T : KubernetesObject
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaximumRetry = TimeSpan.FromSeconds(30);

    private readonly IApiClient client;
    private readonly string @namespace;
    private readonly string name;
    private readonly Action changed;
    private readonly TimeProvider time;
    private readonly ILogger<WatchedObject<T>> logger;
    private readonly CancellationTokenSource stop;
    private readonly TaskCompletionSource firstAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Answer? latest;

    private sealed record Answer(T? Object, ApiException? Refusal);

    public WatchedObject(IApiClient client, string @namespace, string name, Action changed, TimeProvider time, ILogger<WatchedObject<T>> logger, CancellationToken lifetime)
    {
        (this.client, this.@namespace, this.name, this.changed, this.time, this.logger) = (client, @namespace, name, changed, time, logger);
        stop = CancellationTokenSource.CreateLinkedTokenSource(lifetime);
        _ = RunAsync(stop.Token);
    }

    public async Task<KubernetesObject?> GetAsync(CancellationToken cancellationToken)
    {
        await firstAnswer.Task.WaitAsync(cancellationToken);
        return latest! is { Refusal: { } refusal } ? throw refusal : latest!.Object;
    }

    public void Stop() => stop.Cancel();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        var delay = FirstRetry;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(cancellationToken);
                delay = FirstRetry;
            }
            catch (ApiException refusal)
            {
                // A refusal is an answer too, unless a better one is known.
                if (latest?.Object is null && refusal.Reason is not (StatusReason.Expired or StatusReason.Gone))
                    Set(new(null, refusal));
                LogRefused(typeof(T).Name, @namespace, name, refusal.Message);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            try
            {
                await Task.Delay(delay, time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            delay = delay * 2 < MaximumRetry ? delay * 2 : MaximumRetry;
        }

        firstAnswer.TrySetCanceled(CancellationToken.None);
        stop.Dispose();
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var version = await FetchAsync(cancellationToken);
        var options = new ListOptions { FieldSelector = $"metadata.name={name}", ResourceVersion = version, AllowWatchBookmarks = true };
        await foreach (var change in client.WatchAsync<T>(@namespace, options, cancellationToken))
        {
            if (change.Type == WatchEventType.Deleted)
                Set(new(null, null));
            else if (change.Type != WatchEventType.Bookmark)
                Set(new(change.Object, null));
        }
    }

    /// <summary>A get is the cheap way to an object that exists; a list gives a version to watch from when it does not.</summary>
    private async Task<string?> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await client.GetAsync<T>(@namespace, name, cancellationToken);
            Set(new(found, null));
            return found.Metadata.ResourceVersion;
        }
        catch (ApiException refusal) when (refusal.Reason == StatusReason.NotFound)
        {
            Set(new(null, null));
            var list = await client.ListAsync<T>(@namespace, new() { FieldSelector = $"metadata.name={name}" }, cancellationToken);
            if (list.Items.Count > 0)
                Set(new(list.Items[0], null));
            return list.Metadata.ResourceVersion;
        }
    }

    private void Set(Answer answer)
    {
        var before = latest;
        latest = answer;
        firstAnswer.TrySetResult();
        if (before is not null && (before.Object?.Metadata.ResourceVersion != answer.Object?.Metadata.ResourceVersion || before.Refusal is not null))
            changed();
    }

    [LoggerMessage(LogLevel.Debug, "Following {Kind} {Namespace}/{Name} was refused: {Error}")]
    private partial void LogRefused(string kind, string @namespace, string name, string error);
}
