using System.Globalization;
using Orchestrator.Api;

namespace Orchestrator.Client.Reconciling;

/// <summary>
/// What one reconcile wrote, so that the next one of the same key can wait until the caches show it. Filled by
/// <see cref="TrackingApiClient"/>; writes of one reconcile may run at the same time.
/// </summary>
public sealed class WriteSet
{
    private static readonly AsyncLocal<WriteSet?> CurrentSet = new();

    private readonly Lock gate = new();
    private readonly Dictionary<Type, long> revisions = [];
    private readonly List<Deletion> deletions = [];

    internal readonly record struct Deletion(Type Kind, ObjectKey Key, string? Uid);

    /// <summary>Where writes of the current asynchronous flow are noted; null: nowhere.</summary>
    public static WriteSet? Current
    {
        get => CurrentSet.Value;
        set => CurrentSet.Value = value;
    }

    public bool IsEmpty
    {
        get
        {
            lock (gate)
                return revisions.Count == 0 && deletions.Count == 0;
        }
    }

    public void Wrote<T>(T item)
        where T : KubernetesObject
    {
        if (!long.TryParse(item.Metadata.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
            return;
        lock (gate)
            revisions[typeof(T)] = Math.Max(revision, revisions.GetValueOrDefault(typeof(T)));
    }

    public void Deleted<T>(ObjectKey key, string? uid)
        where T : KubernetesObject
    {
        lock (gate)
            deletions.Add(new Deletion(typeof(T), key, uid));
    }

    internal (KeyValuePair<Type, long>[] Revisions, Deletion[] Deletions) Copy()
    {
        lock (gate)
            return ([.. revisions], [.. deletions]);
    }
}
