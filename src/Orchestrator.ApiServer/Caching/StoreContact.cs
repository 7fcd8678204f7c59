using Orchestrator.ApiServer.Registry;
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

    private volatile Contact contact = new();

    /// <summary>Cancelled when the contact is lost, after which there is another.</summary>
    /// <exception cref="Api.Errors.ApiException">503: it is lost now.</exception>
    public CancellationToken Current
    {
        get
        {
            var now = contact;
            return now.Failure is null ? now.Token : throw StoreFailures.ToApi(now.Failure);
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (heardAt, progress) = (time.GetTimestamp(), hub.Progress);
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, cancellationToken);
                var failure = hub.Progress == progress ? await AskAsync(cancellationToken) : null;
                if (failure is null)
                {
                    (heardAt, progress) = (time.GetTimestamp(), hub.Progress);
                    if (contact.Failure is not null)
                        contact = new Contact();
                }
                else if (contact.Failure is null && time.GetElapsedTime(heardAt) >= Patience)
                {
                    var lost = contact.Lost;
                    contact = new Contact { Failure = failure };
                    lost.Cancel();
                    lost.Dispose();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    public void Dispose() => contact.Lost.Dispose();

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

    private sealed class Contact
    {
        public Contact() => Token = Lost.Token;

        /// <summary>Why it is lost; null while it is not.</summary>
        public StoreException? Failure { get; init; }

        public CancellationTokenSource Lost { get; } = new();

        /// <summary>That of <see cref="Lost"/>, which may be disposed by now.</summary>
        public CancellationToken Token { get; }
    }
}
