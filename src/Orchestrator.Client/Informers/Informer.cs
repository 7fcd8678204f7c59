using System.Globalization;
using Microsoft.Extensions.Logging;
using Orchestrator.Api;

namespace Orchestrator.Client.Informers;

/// <summary>An informer that can be run by a factory.</summary>
internal interface IRunnableInformer : IRevisionSource
{
    Task RunAsync(CancellationToken cancellationToken);

    KubernetesObject? FindObject(ObjectKey key);
}

/// <summary><see cref="IInformer{T}"/> over a list-and-watch source.</summary>
public sealed partial class Informer<T> : IInformer<T>, IRunnableInformer, IReflectorSink<T>
    where T : KubernetesObject
{
    private readonly IndexedCache<T> cache = new();
    private readonly Reflector<T> reflector;
    private readonly InformerOptions options;
    private readonly ILogger logger;
    /// <summary>Completed outside of any lock; those who wait for it begin their work in the informer's flow.</summary>
    private readonly TaskCompletionSource synced = new();

    /// <summary>Held while a change is applied and its handlers run, so that a handler added meanwhile misses nothing.</summary>
    private readonly Lock dispatch = new();
    private readonly List<Action<InformerChange<T>>> handlers = [];
    private readonly RevisionWaiters waiters = new();

    public Informer(IListWatch<T> source, InformerOptions options, TimeProvider time, Random random, ILogger logger)
    {
        this.options = options;
        this.logger = logger;
        reflector = new Reflector<T>(source, this, options, time, random, logger);
    }

    public ILister<T> Lister => cache;

    public Task Synced => synced.Task;

    public long Revision => waiters.Revision;

    public void WhenAtLeast(long revision, Action reached) => waiters.WhenAtLeast(revision, reached);

    KubernetesObject? IRunnableInformer.FindObject(ObjectKey key) => cache.Find(key);

    public void AddHandler(Action<InformerChange<T>> handler)
    {
        lock (dispatch)
        {
            handlers.Add(handler);
            foreach (var item in cache.List())
                Call(handler, new InformerChange<T>(null, item));
        }
    }

    public void AddIndex(string name, Func<T, IEnumerable<string>> keys) => cache.AddIndex(name, keys);

    public Task RunAsync(CancellationToken cancellationToken) => reflector.RunAsync(cancellationToken);

    void IReflectorSink<T>.Replace(IReadOnlyList<T> items, string? resourceVersion)
    {
        lock (dispatch)
        {
            var gone = cache.Keys().ToHashSet();
            foreach (var item in items)
            {
                gone.Remove(item.Key());
                Store(item);
            }

            foreach (var key in gone)
                Drop(key, null);
        }

        Reached(resourceVersion);
        synced.TrySetResult();
    }

    void IReflectorSink<T>.Apply(WatchEvent<T> change)
    {
        lock (dispatch)
        {
            if (change.Type is WatchEventType.Added or WatchEventType.Modified)
                Store(change.Object);
            else if (change.Type == WatchEventType.Deleted)
                Drop(change.Object.Key(), change.Object);
        }

        Reached(change.Object.Metadata.ResourceVersion);
    }

    private void Store(T item)
    {
        if (options.DropManagedFields && item.Metadata.ManagedFields is not null)
            item = item.WithMetadata(item.Metadata with { ManagedFields = null });
        var key = item.Key();
        if (cache.Find(key) is { } same && same.Metadata.ResourceVersion == item.Metadata.ResourceVersion && same.Metadata.Uid == item.Metadata.Uid)
            return;
        Dispatch(new InformerChange<T>(cache.Set(key, item), item));
    }

    private void Drop(ObjectKey key, T? lastState)
    {
        if (cache.Remove(key) is { } old)
            Dispatch(new InformerChange<T>(lastState ?? old, null));
    }

    private void Dispatch(InformerChange<T> change)
    {
        foreach (var handler in handlers)
            Call(handler, change);
    }

    private void Call(Action<InformerChange<T>> handler, InformerChange<T> change)
    {
        try
        {
            handler(change);
        }
        catch (Exception e)
        {
            // One handler's fault must not keep the change from the others.
            LogHandlerFailed(e, typeof(T).Name, change.Object.Key());
        }
    }

    private void Reached(string? resourceVersion)
    {
        if (long.TryParse(resourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
            waiters.Reach(revision);
    }

    [LoggerMessage(LogLevel.Error, "A handler of {Kind} failed on {Key}")]
    private partial void LogHandlerFailed(Exception exception, string kind, ObjectKey key);
}
