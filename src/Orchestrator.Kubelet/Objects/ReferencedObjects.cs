using Orchestrator.Api.Errors;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Objects;

/// <summary>
/// The ConfigMaps and Secrets that this node's pods refer to, each watched by name for as long as a pod needs it and a little
/// longer: a node may see what its pods use and nothing else. Thread-safe.
/// </summary>
internal sealed class ReferencedObjects(IApiClient client, TimeProvider time, ILoggerFactory logs) : IObjectReader, IDisposable
{
    /// <summary>An object that no pod uses is watched this much longer: pods of one namespace come and go and share objects.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<ObjectReferenceKey, IWatchedObject> watched = [];
    private readonly Dictionary<string, Registration> registrations = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource lifetime = new();

    private sealed record Registration(IReadOnlySet<ObjectReferenceKey> References, Action Changed);

    /// <summary>Says which objects a pod needs, and whom to tell when one of them changes. Replaces what was said before.</summary>
    public void Register(Pod pod, Action changed)
    {
        var references = PodReferences.Of(pod);
        lock (gate)
        {
            registrations[pod.Uid()] = new(references, changed);
            foreach (var reference in references)
            {
                if (!watched.ContainsKey(reference))
                    watched[reference] = Watch(reference);
            }
        }
    }

    public void Unregister(string podUid)
    {
        lock (gate)
        {
            if (registrations.Remove(podUid, out var registration))
            {
                foreach (var reference in registration.References)
                    _ = time.CreateTimer(_ => DropUnused(reference), null, Linger, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public async ValueTask<T?> FindAsync<T>(string @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        IWatchedObject? known;
        lock (gate)
            watched.TryGetValue(new(typeof(T), @namespace, name), out known);
        if (known is not null)
            return (T?)await known.GetAsync(cancellationToken);
        try
        {
            return await client.GetAsync<T>(@namespace, name, cancellationToken);
        }
        catch (ApiException refusal) when (refusal.Reason == StatusReason.NotFound)
        {
            return null;
        }
    }

    public void Dispose()
    {
        lifetime.Cancel();
        lifetime.Dispose();
    }

    private IWatchedObject Watch(ObjectReferenceKey reference)
    {
        void Changed() => Tell(reference);
        return reference.Kind == typeof(Secret)
            ? new WatchedObject<Secret>(client, reference.Namespace, reference.Name, Changed, time, logs.CreateLogger<WatchedObject<Secret>>(), lifetime.Token)
            : new WatchedObject<ConfigMap>(client, reference.Namespace, reference.Name, Changed, time, logs.CreateLogger<WatchedObject<ConfigMap>>(), lifetime.Token);
    }

    private void Tell(ObjectReferenceKey reference)
    {
        List<Action> listeners;
        lock (gate)
            listeners = [.. registrations.Values.Where(registration => registration.References.Contains(reference)).Select(registration => registration.Changed)];
        foreach (var changed in listeners)
            changed();
    }

    private void DropUnused(ObjectReferenceKey reference)
    {
        lock (gate)
        {
            if (registrations.Values.Any(registration => registration.References.Contains(reference)))
                return;
            if (watched.Remove(reference, out var unused))
                unused.Stop();
        }
    }
}

/// <summary>Names one object.</summary>
internal readonly record struct ObjectReferenceKey(Type Kind, string Namespace, string Name);
