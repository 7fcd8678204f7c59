namespace Orchestrator.Kubelet.Reporting;

/// <summary>
/// Quality of service of a pod, from its requests and limits of CPU and memory: Guaranteed when every container has both limits
/// and requests no less, BestEffort when nothing is asked for, else Burstable.
/// </summary>
internal static class QosClass
{
    public const string Guaranteed = nameof(Guaranteed);
    public const string Burstable = nameof(Burstable);
    public const string BestEffort = nameof(BestEffort);

    private static readonly string[] Resources = ["cpu", "memory"];

    public static string Of(Pod pod)
    {
        if (pod.Status?.QosClass is { Length: > 0 } assigned)
            return assigned;
        return pod.Spec?.Resources is { } podLevel && (podLevel.Requests ?? podLevel.Limits) is not null
            ? Compute([podLevel])
            : Compute((pod.Spec?.InitContainers ?? []).Concat(pod.Spec?.Containers ?? []).Select(container => container.Resources));
    }

    private static string Compute(IEnumerable<ResourceRequirements?> all)
    {
        var anything = false;
        var guaranteed = true;
        foreach (var requirements in all)
        {
            foreach (var resource in Resources)
            {
                var limit = Find(requirements?.Limits, resource);
                var request = Find(requirements?.Requests, resource) ?? limit;
                anything |= request is not null || limit is not null;
                guaranteed &= limit is not null && request == limit;
            }
        }

        return !anything ? BestEffort : guaranteed ? Guaranteed : Burstable;
    }

    private static Quantity? Find(IReadOnlyDictionary<string, Quantity>? quantities, string resource) =>
        quantities is not null && quantities.TryGetValue(resource, out var quantity) && !quantity.IsZero ? quantity : null;
}
