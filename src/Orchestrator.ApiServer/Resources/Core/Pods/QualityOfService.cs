using Orchestrator.Api;
using Orchestrator.Api.Core.V1;

namespace Orchestrator.ApiServer.Resources.Core.Pods;

/// <summary>Which quality-of-service class a pod's CPU and memory requests and limits put it in.</summary>
internal static class QualityOfService
{
    public const string Guaranteed = nameof(Guaranteed);
    public const string Burstable = nameof(Burstable);
    public const string BestEffort = nameof(BestEffort);

    private static readonly string[] Counted = ["cpu", "memory"];

    public static string Of(PodSpec spec)
    {
        if (spec.Resources is { } podResources && (HasAny(podResources.Requests) || HasAny(podResources.Limits)))
            return IsGuaranteed(podResources) ? Guaranteed : Burstable;
        var any = false;
        var all = true;
        foreach (var container in (spec.InitContainers ?? []).Concat(spec.Containers ?? []))
        {
            any |= HasAny(container.Resources?.Requests) || HasAny(container.Resources?.Limits);
            all &= IsGuaranteed(container.Resources);
        }

        return !any ? BestEffort : all ? Guaranteed : Burstable;
    }

    private static bool HasAny(IReadOnlyDictionary<string, Quantity>? resources)
    {
        foreach (var name in Counted)
        {
            if (resources is not null && resources.TryGetValue(name, out var quantity) && !quantity.IsZero)
                return true;
        }

        return false;
    }

    private static bool IsGuaranteed(ResourceRequirements? resources)
    {
        foreach (var name in Counted)
        {
            if (resources?.Limits is null || !resources.Limits.TryGetValue(name, out var limit) || limit.IsZero)
                return false;
            if (resources.Requests is not null && resources.Requests.TryGetValue(name, out var request) && request != limit)
                return false;
        }

        return true;
    }
}
