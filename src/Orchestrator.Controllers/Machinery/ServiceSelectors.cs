using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Client.Informers;

namespace Orchestrator.Controllers.Machinery;

/// <summary>
/// Finds the Services that select a pod without asking each Service of its namespace: each is indexed under one pair of its selector,
/// and a pod asks for each of its labels.
/// </summary>
internal static class ServiceSelectors
{
    private const string Index = "selector";

    public static IInformer<Service> WithSelectors(this IInformer<Service> services)
    {
        services.AddIndex(Index, static service =>
        {
            string? first = null;
            foreach (var (key, value) in service.Spec?.Selector ?? new Dictionary<string, string>())
            {
                var pair = Pair(service.Metadata.Namespace, key, value);
                if (first is null || string.CompareOrdinal(pair, first) < 0)
                    first = pair;
            }

            return first is null ? [] : [first];
        });
        return services;
    }

    public static IEnumerable<ObjectKey> KeysSelecting(this ILister<Service> services, Pod pod)
    {
        foreach (var (key, value) in pod.Metadata.Labels ?? new Dictionary<string, string>())
        {
            foreach (var service in services.ByIndex(Index, Pair(pod.Metadata.Namespace, key, value)))
            {
                if (LabelMatcher.Of(service.Spec!.Selector!).Matches(pod.Metadata.Labels))
                    yield return service.Key();
            }
        }
    }

    /// <summary>The Services whose endpoints a change of a pod may alter; none for changes that no endpoint shows.</summary>
    public static IEnumerable<ObjectKey> KeysAffected(this ILister<Service> services, InformerChange<Pod> change)
    {
        if (change is { Old: { } old, New: { } pod })
        {
            var sameLabels = SameMap(old.Metadata.Labels, pod.Metadata.Labels);
            if (sameLabels && Shown(old) == Shown(pod))
                return [];
            return sameLabels ? services.KeysSelecting(pod) : services.KeysSelecting(old).Union(services.KeysSelecting(pod));
        }

        return services.KeysSelecting(change.Object);
    }

    private static (bool, bool, bool, string?, string?, string?, string?) Shown(Pod pod) =>
        (pod.IsReady(), pod.IsTerminated(), pod.IsBeingDeleted(), pod.Status?.PodIP, pod.Spec?.NodeName, pod.Spec?.Hostname, pod.Metadata.Uid);

    private static bool SameMap(IReadOnlyDictionary<string, string>? left, IReadOnlyDictionary<string, string>? right) =>
        ReferenceEquals(left, right)
        || ((left?.Count ?? 0) == (right?.Count ?? 0) && (left is null || left.All(e => right!.TryGetValue(e.Key, out var value) && value == e.Value)));

    private static string Pair(string? @namespace, string key, string value) => $"{@namespace}/{key}={value}";
}
