using Orchestrator.Kubelet.Reporting;

namespace Orchestrator.Kubelet.Resources;

/// <summary>From the API's quantities to the kernel's units. Formulas: kubelet cm/helpers_linux.go and qos/policy.go.</summary>
internal static class ContainerResources
{
    public const long CpuPeriodMicroseconds = 100_000;
    private const long MinimumShares = 2;
    private const long MaximumShares = 262_144;
    private const long MinimumQuotaMicroseconds = 1_000;
    private const long GuaranteedOomScoreAdjust = -997;
    private const long BestEffortOomScoreAdjust = 1000;
    private const int SystemCriticalPriority = 2_000_000_000;

    public static Cri.LinuxResources ForContainer(Pod pod, Container container, KubeletOptions options, long memoryCapacityBytes)
    {
        var limits = container.Resources?.Limits;
        var requests = container.Resources?.Requests;
        var cpuLimit = MilliOf(limits, "cpu") ?? MilliOf(pod.Spec?.Resources?.Limits, "cpu");
        return new()
        {
            CpuShares = SharesOf(MilliOf(requests, "cpu") ?? MilliOf(limits, "cpu") ?? 0),
            CpuPeriodMicroseconds = CpuPeriodMicroseconds,
            CpuQuotaMicroseconds = QuotaOf(cpuLimit ?? 0),
            MemoryLimitBytes = BytesOf(limits, "memory") ?? BytesOf(pod.Spec?.Resources?.Limits, "memory") ?? 0,
            OomScoreAdj = OomScoreAdjust(pod, container, memoryCapacityBytes),
            PidsLimit = Math.Max(options.PodPidsLimit, 0),
        };
    }

    /// <summary>Limits of the pod's own cgroup: sums over containers, unlimited as soon as one of them is.</summary>
    public static Cri.LinuxResources ForPod(Pod pod, KubeletOptions options)
    {
        var cpuRequest = MilliOf(pod.Spec?.Resources?.Requests, "cpu") ?? PodSum(pod, "cpu", limits: false, milli: true) ?? 0;
        var cpuLimit = MilliOf(pod.Spec?.Resources?.Limits, "cpu") ?? PodSum(pod, "cpu", limits: true, milli: true) ?? 0;
        var memoryLimit = BytesOf(pod.Spec?.Resources?.Limits, "memory") ?? PodSum(pod, "memory", limits: true, milli: false) ?? 0;
        return new()
        {
            CpuShares = SharesOf(cpuRequest),
            CpuPeriodMicroseconds = CpuPeriodMicroseconds,
            CpuQuotaMicroseconds = QuotaOf(cpuLimit),
            MemoryLimitBytes = memoryLimit,
            PidsLimit = Math.Max(options.PodPidsLimit, 0),
        };
    }

    /// <summary>
    /// The pod's request for a resource as the scheduler counts it: the largest of what runs at one time, sidecars beside each
    /// later init container and all apps, plus overhead. CPU in thousandths, others in units.
    /// </summary>
    public static long PodRequest(Pod pod, string resource)
    {
        var milli = resource == "cpu";
        if (Amount(pod.Spec?.Resources?.Requests, resource, milli) is { } podLevel)
            return podLevel + (Amount(pod.Spec?.Overhead, resource, milli) ?? 0);
        long sidecars = 0, initPeak = 0;
        foreach (var container in pod.Spec?.InitContainers ?? [])
        {
            var request = Amount(container.Resources?.Requests, resource, milli) ?? 0;
            if (container.RestartPolicy == "Always")
            {
                sidecars += request;
                initPeak = Math.Max(initPeak, sidecars);
            }
            else
                initPeak = Math.Max(initPeak, sidecars + request);
        }

        var apps = (pod.Spec?.Containers ?? []).Sum(container => Amount(container.Resources?.Requests, resource, milli) ?? 0);
        return Math.Max(initPeak, sidecars + apps) + (Amount(pod.Spec?.Overhead, resource, milli) ?? 0);
    }

    public static long SharesOf(long milliCpu) =>
        milliCpu == 0 ? MinimumShares : Math.Clamp(milliCpu * 1024 / 1000, MinimumShares, MaximumShares);

    /// <summary>0 means no limit.</summary>
    public static long QuotaOf(long milliCpu) =>
        milliCpu == 0 ? 0 : Math.Max(milliCpu * CpuPeriodMicroseconds / 1000, MinimumQuotaMicroseconds);

    public static long OomScoreAdjust(Pod pod, Container container, long memoryCapacityBytes)
    {
        var qos = QosClass.Of(pod);
        if (qos == QosClass.Guaranteed || pod.Spec?.Priority >= SystemCriticalPriority)
            return GuaranteedOomScoreAdjust;
        if (qos == QosClass.BestEffort)
            return BestEffortOomScoreAdjust;
        var request = BytesOf(container.Resources?.Requests, "memory") ?? 0;
        return Math.Clamp(1000 - 1000 * request / Math.Max(memoryCapacityBytes, 1), 3, 999);
    }

    private static long? PodSum(Pod pod, string resource, bool limits, bool milli)
    {
        long sum = 0;
        foreach (var container in pod.Spec?.Containers ?? [])
        {
            if (Amount(limits ? container.Resources?.Limits : container.Resources?.Requests, resource, milli) is { } amount)
                sum += amount;
            else if (limits)
                return null;
        }

        return Math.Max(sum, InitPeak(pod, resource, limits, milli));
    }

    private static long InitPeak(Pod pod, string resource, bool limits, bool milli) =>
        (pod.Spec?.InitContainers ?? []).Select(container => Amount(limits ? container.Resources?.Limits : container.Resources?.Requests, resource, milli) ?? 0)
            .DefaultIfEmpty(0).Max();

    private static long? Amount(IReadOnlyDictionary<string, Quantity>? quantities, string resource, bool milli) =>
        milli ? MilliOf(quantities, resource) : BytesOf(quantities, resource);

    private static long? MilliOf(IReadOnlyDictionary<string, Quantity>? quantities, string resource) =>
        quantities is not null && quantities.TryGetValue(resource, out var quantity) ? quantity.MilliValue : null;

    private static long? BytesOf(IReadOnlyDictionary<string, Quantity>? quantities, string resource) =>
        quantities is not null && quantities.TryGetValue(resource, out var quantity) ? quantity.Value : null;
}
