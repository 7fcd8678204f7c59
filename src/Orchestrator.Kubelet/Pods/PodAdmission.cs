using System.Globalization;
using Orchestrator.Kubelet.Resources;
using Orchestrator.Kubelet.Reporting;

namespace Orchestrator.Kubelet.Pods;

/// <summary>
/// The node's own check of pods that were bound to it: selector and affinity, free resources, number of pods. Keeps what was let
/// in, so two pods that arrive together cannot both take the last of a resource. Thread-safe.
/// </summary>
/// <param name="changed">Told what is let in, one call at a time.</param>
internal sealed class PodAdmission(
    Func<Node?> node, Func<IReadOnlyDictionary<string, Quantity>> allocatable, KubeletOptions options, Action<IReadOnlyCollection<Pod>>? changed = null)
{
    private static readonly string[] Resources = ["cpu", "memory"];
    private readonly Lock gate = new();
    private readonly Dictionary<string, Pod> admitted = new(StringComparer.Ordinal);

    /// <param name="isRunning">The pod was let in before: it is counted, not judged.</param>
    /// <returns>Null when the pod is let in.</returns>
    public WaitingReason? Admit(Pod pod, bool isRunning)
    {
        lock (gate)
        {
            if (!isRunning && Refuse(pod) is { } refusal)
                return refusal;
            admitted[pod.Uid()] = pod;
            changed?.Invoke(admitted.Values);
            return null;
        }
    }

    public void Release(string podUid)
    {
        lock (gate)
            admitted.Remove(podUid);
    }

    private WaitingReason? Refuse(Pod pod)
    {
        if (node() is { } here && !NodeAffinityMatcher.Matches(pod, here))
            return new("NodeAffinity", "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector");
        if (SysctlPolicy.FindForbidden(pod, options.AllowedUnsafeSysctls) is { } sysctl)
            return new("SysctlForbidden", $"Pod was rejected: forbidden sysctl: {sysctl} not allowlisted");
        if (!admitted.ContainsKey(pod.Uid()) && admitted.Count >= options.MaxPods)
            return OutOf("pods", 1, admitted.Count, options.MaxPods);
        var capacity = allocatable();
        foreach (var resource in Resources)
        {
            var requested = ContainerResources.PodRequest(pod, resource);
            if (requested == 0 || !capacity.TryGetValue(resource, out var quantity))
                continue;
            var used = admitted.Values.Where(other => other.Uid() != pod.Uid()).Sum(other => ContainerResources.PodRequest(other, resource));
            var total = resource == "cpu" ? quantity.MilliValue : quantity.Value;
            if (used + requested > total)
                return OutOf(resource, requested, used, total);
        }

        return null;
    }

    private static WaitingReason OutOf(string resource, long requested, long used, long capacity) => new(
        $"OutOf{resource}",
        string.Create(CultureInfo.InvariantCulture, $"Pod was rejected: Node didn't have enough resource: {resource}, requested: {requested}, used: {used}, capacity: {capacity}"));
}
