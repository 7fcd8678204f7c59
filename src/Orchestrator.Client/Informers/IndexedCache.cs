using System.Diagnostics;
using Orchestrator.Api;

namespace Orchestrator.Client.Informers;

/// <summary>
/// Objects by key and by index. One writer, many readers, all under one short lock; what readers get is a copy of references and
/// stays as it is.
/// </summary>
internal sealed class IndexedCache<T> : ILister<T>
    where T : KubernetesObject
{
    private readonly Lock gate = new();
    private readonly Dictionary<ObjectKey, T> items = [];
    private readonly Dictionary<string, Index> indexes = [];
    private readonly Index byNamespace = new(static item => [item.Metadata.Namespace ?? ""]);
    private T[]? snapshot;

    public int Count
    {
        get
        {
            lock (gate)
                return items.Count;
        }
    }

    public T? Find(ObjectKey key)
    {
        lock (gate)
            return items.GetValueOrDefault(key);
    }

    public IReadOnlyCollection<T> List()
    {
        lock (gate)
            return snapshot ??= [.. items.Values];
    }

    public IReadOnlyCollection<T> List(string @namespace)
    {
        lock (gate)
            return byNamespace.Copy(@namespace);
    }

    public IReadOnlyCollection<T> ByIndex(string index, string key)
    {
        lock (gate)
        {
            return indexes.TryGetValue(index, out var found)
                ? found.Copy(key)
                : throw new ArgumentException($"the cache of {typeof(T).Name} has no index '{index}'", nameof(index));
        }
    }

    /// <summary>Adds an index over what is there and what comes; a second one of the same name is the same index.</summary>
    public void AddIndex(string name, Func<T, IEnumerable<string>> keys)
    {
        lock (gate)
        {
            if (indexes.ContainsKey(name))
                return;
            var index = new Index(keys);
            foreach (var item in items.Values)
                index.Add(item);
            indexes.Add(name, index);
        }
    }

    /// <returns>What was there before.</returns>
    public T? Set(ObjectKey key, T item)
    {
        lock (gate)
        {
            items.Remove(key, out var old);
            items.Add(key, item);
            Reindex(old, item);
            return old;
        }
    }

    public T? Remove(ObjectKey key)
    {
        lock (gate)
        {
            if (items.Remove(key, out var old))
                Reindex(old, null);
            return old;
        }
    }

    public ObjectKey[] Keys()
    {
        lock (gate)
            return [.. items.Keys];
    }

    private void Reindex(T? old, T? item)
    {
        Debug.Assert(old is not null || item is not null);
        snapshot = null;
        byNamespace.Replace(old, item);
        foreach (var index in indexes.Values)
            index.Replace(old, item);
    }

    /// <summary>Buckets compare references: records compare by content, which is neither wanted nor cheap here.</summary>
    private sealed class Index(Func<T, IEnumerable<string>> keys)
    {
        private readonly Dictionary<string, HashSet<T>> buckets = [];

        public T[] Copy(string key) => buckets.TryGetValue(key, out var bucket) ? [.. bucket] : [];

        public void Replace(T? old, T? item)
        {
            if (old is not null)
                Remove(old);
            if (item is not null)
                Add(item);
        }

        public void Add(T item)
        {
            foreach (var key in keys(item))
            {
                if (!buckets.TryGetValue(key, out var bucket))
                    buckets.Add(key, bucket = new HashSet<T>(ReferenceEqualityComparer.Instance));
                bucket.Add(item);
            }
        }

        private void Remove(T item)
        {
            foreach (var key in keys(item))
            {
                if (buckets.TryGetValue(key, out var bucket) && bucket.Remove(item) && bucket.Count == 0)
                    buckets.Remove(key);
            }
        }
    }
}
