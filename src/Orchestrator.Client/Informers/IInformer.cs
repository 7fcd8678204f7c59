using Orchestrator.Api;

namespace Orchestrator.Client.Informers;

/// <summary>
/// A cached, indexed feed of one kind: lists, then watches, resumes from bookmarks, lists again when told 410. Handlers are called
/// one at a time, in order, with the cache already updated; they only compute keys and add them to a queue.
/// </summary>
public interface IInformer<T>
    where T : KubernetesObject
{
    ILister<T> Lister { get; }

    /// <summary>Completes when the first list is in the cache and its handlers have run.</summary>
    Task Synced { get; }

    /// <summary>Adds a handler. One added late is first called with an Added change for every object in the cache.</summary>
    void AddHandler(Action<InformerChange<T>> handler);

    /// <summary>Adds an index; <paramref name="keys"/> must be pure. Only before the informer runs.</summary>
    void AddIndex(string name, Func<T, IEnumerable<string>> keys);
}

/// <param name="Old">Null for an addition.</param>
/// <param name="New">Null for a deletion.</param>
public readonly record struct InformerChange<T>(T? Old, T? New)
    where T : KubernetesObject
{
    /// <summary>The object in its latest known state.</summary>
    public T Object => (New ?? Old)!;
}

/// <summary>The read side of an informer's cache. Objects are shared and must not be changed (they are immutable records).</summary>
public interface ILister<T>
    where T : KubernetesObject
{
    T? Find(ObjectKey key);

    IReadOnlyCollection<T> List();

    /// <summary>Objects of one namespace.</summary>
    IReadOnlyCollection<T> List(string @namespace);

    IReadOnlyCollection<T> ByIndex(string index, string key);
}

/// <summary>
/// Makes and runs the informers of one process; asking twice for the same kind and selector gives the same informer.
/// </summary>
public interface IInformerFactory
{
    IInformer<T> For<T>(string? fieldSelector = null)
        where T : KubernetesObject;

    /// <summary>Runs all informers, also those asked for later, until cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
