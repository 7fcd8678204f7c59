using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Caching;

/// <summary>
/// Whether the store can be reached. A watch has no other way to tell: while nothing comes, one that stands still looks like one of a
/// quiet cluster, and its client would believe in what it has for as long as this server is cut off, with others to go to perhaps.
/// So watches end when the store has been silent for a while, and new ones are refused; the client resumes where it stopped.
/// </summary>
internal sealed class StoreContact(IKeyValueStore store, CacheHub hub, TimeProvider time) : IDisposable
{
    /// <summary>Between two questions. News from the store make one superfluous.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Silence that ends watches: a few elections of etcd's long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private CancellationTokenSource lost = new();
    private StoreException? failure;
    private long heardAt = time.GetTimestamp();

    /// <summary>
    /// A token that is cancelled when the contact is lost. Who asks while it is lost asks the store: it may be back since the last question.
    /// </summary>
    /// <exception cref="StoreException">It is lost still.</exception>
    public async ValueTask<CancellationToken> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref failure) is not null)
        {
            await store.GetRevisionAsync(cancellationToken);
            Heard();
        }

        lock (gate)
            return lost.Token;
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var progress = 0L;
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, cancellationToken);
                if (hub.Progress == progress && await AskAsync(cancellationToken) is { } error)
                {
                    Missed(error);
                    continue;
                }

                progress = hub.Progress;
                Heard();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    public void Dispose() => lost.Dispose();

    private void Heard()
    {
        lock (gate)
        {
            heardAt = time.GetTimestamp();
            failure = null;
        }
    }

    private void Missed(StoreException error)
    {
        CancellationTokenSource ended;
        lock (gate)
        {
            if (failure is not null || time.GetElapsedTime(heardAt) < Patience)
                return;
            failure = error;
            ended = lost;
            lost = new CancellationTokenSource();
        }

        ended.Cancel();
        ended.Dispose();
    }

    private async ValueTask<StoreException?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.GetRevisionAsync(cancellationToken);
            return null;
        }
        catch (StoreException error)
        {
            return error;
        }
    }
}
