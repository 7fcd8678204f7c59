using Orchestrator.Api;
using Orchestrator.Api.Core.V1;

namespace Orchestrator.Scheduler.Framework;

/// <summary>Amounts of the resources pods ask for and nodes have. Immutable.</summary>
/// <param name="MilliCpu">Thousandths of a CPU.</param>
/// <param name="Extended">Other resources by name, in their own units; null when there are none.</param>
public sealed record Resources(long MilliCpu, long MemoryBytes, long EphemeralStorageBytes, IReadOnlyDictionary<string, long>? Extended = null)
{
    /// <summary>What a pod without requests is taken to need when nodes are rated (Kubernetes' non-zero defaults).</summary>
    public const long DefaultMilliCpu = 100;

    public const long DefaultMemoryBytes = 200 * 1024 * 1024;

    public static Resources None { get; } = new(0, 0, 0);

    public static Resources Of(IReadOnlyDictionary<string, Quantity>? quantities)
    {
        if (quantities is null)
            return None;
        long cpu = 0, memory = 0, storage = 0;
        Dictionary<string, long>? extended = null;
        foreach (var (name, quantity) in quantities)
        {
            switch (name)
            {
                case "cpu":
                    cpu = quantity.MilliValue;
                    break;
                case "memory":
                    memory = quantity.Value;
                    break;
                case "ephemeral-storage":
                    storage = quantity.Value;
                    break;
                case "pods":
                    break;
                default:
                    (extended ??= [])[name] = quantity.Value;
                    break;
            }
        }

        return new(cpu, memory, storage, extended);
    }

    /// <summary>
    /// What a pod needs at once: the larger of its running containers (with sidecars) together and of each init container beside the
    /// sidecars started before it; plus the pod's overhead. Source: KEP-753.
    /// </summary>
    public static Resources OfPod(PodSpec spec)
    {
        var running = None;
        foreach (var container in spec.Containers ?? [])
            running += Of(container.Resources?.Requests);
        var sidecars = None;
        var starting = None;
        foreach (var container in spec.InitContainers ?? [])
        {
            var request = Of(container.Resources?.Requests);
            if (container.RestartPolicy == "Always")
                sidecars += request;
            starting = Max(starting, container.RestartPolicy == "Always" ? sidecars : sidecars + request);
        }

        return Max(running + sidecars, starting) + Of(spec.Overhead);
    }

    public static Resources operator +(Resources left, Resources right) =>
        ReferenceEquals(right, None) ? left : ReferenceEquals(left, None) ? right : Combine(left, right, static (a, b) => a + b);

    public static Resources operator -(Resources left, Resources right) => Combine(left, right, static (a, b) => a - b);

    private static Resources Max(Resources left, Resources right) => Combine(left, right, Math.Max);

    private static Resources Combine(Resources left, Resources right, Func<long, long, long> combine)
    {
        Dictionary<string, long>? extended = null;
        if (left.Extended is not null || right.Extended is not null)
        {
            extended = [];
            foreach (var name in (left.Extended?.Keys ?? []).Union(right.Extended?.Keys ?? []))
                extended[name] = combine(left.Extended?.GetValueOrDefault(name) ?? 0, right.Extended?.GetValueOrDefault(name) ?? 0);
        }

        return new(
            combine(left.MilliCpu, right.MilliCpu), combine(left.MemoryBytes, right.MemoryBytes),
            combine(left.EphemeralStorageBytes, right.EphemeralStorageBytes), extended);
    }
}
