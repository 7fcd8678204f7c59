using System.Runtime.CompilerServices;

namespace Orchestrator.Scheduler.Framework;

/// <summary>One decision in the making: the pod, the frozen view of the cluster, and what plugins keep between their phases.</summary>
public sealed class SchedulingCycle(PodInfo pod, ClusterSnapshot snapshot)
{
    private readonly Dictionary<string, object> state = [];

    public PodInfo Pod { get; } = pod;

    public ClusterSnapshot Snapshot { get; } = snapshot;

    /// <summary>Keeps a plugin's value for its later phases in this cycle.</summary>
    public void Set<T>(ISchedulingPlugin plugin, T value)
        where T : class => state[plugin.Name] = value;

    /// <exception cref="KeyNotFoundException">The plugin kept nothing.</exception>
    public T State<T>(ISchedulingPlugin plugin)
        where T : class => Unsafe.As<T>(state[plugin.Name]);

    public T? FindState<T>(ISchedulingPlugin plugin)
        where T : class => state.TryGetValue(plugin.Name, out var value) ? Unsafe.As<T>(value) : null;
}
