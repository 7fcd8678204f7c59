using System.Collections.Frozen;
using Orchestrator.Scheduler.Plugins.ImageLocality;
using Orchestrator.Scheduler.Plugins.InterPodAffinity;
using Orchestrator.Scheduler.Plugins.NodeAffinity;
using Orchestrator.Scheduler.Plugins.NodeName;
using Orchestrator.Scheduler.Plugins.NodePorts;
using Orchestrator.Scheduler.Plugins.NodeResources;
using Orchestrator.Scheduler.Plugins.NodeUnschedulable;
using Orchestrator.Scheduler.Plugins.PodTopologySpread;
using Orchestrator.Scheduler.Plugins.TaintToleration;
using Orchestrator.Scheduler.Plugins.VolumeBinding;

namespace Orchestrator.Scheduler.Framework;

/// <summary>The plugins of one scheduler, by phase, each in the order it runs.</summary>
public sealed class PluginSet
{
    /// <exception cref="ArgumentException">Two plugins share a name.</exception>
    public PluginSet(IReadOnlyList<ISchedulingPlugin> plugins)
    {
        _ = plugins.ToFrozenDictionary(plugin => plugin.Name); // Refuses a name that occurs twice.
        PreFilters = [.. plugins.OfType<IPreFilterPlugin>()];
        Filters = [.. plugins.OfType<IFilterPlugin>()];
        Scores = [.. plugins.OfType<IScorePlugin>()];
    }

    public IReadOnlyList<IPreFilterPlugin> PreFilters { get; }

    public IReadOnlyList<IFilterPlugin> Filters { get; }

    public IReadOnlyList<IScorePlugin> Scores { get; }

    /// <summary>Kubernetes' default plugins; cheap filters first.</summary>
    public static PluginSet Default() => new(
    [
        new NodeUnschedulablePlugin(),
        new NodeNamePlugin(),
        new TaintTolerationPlugin(),
        new NodeAffinityPlugin(),
        new NodePortsPlugin(),
        new NodeResourcesFitPlugin(),
        new VolumeBindingPlugin(),
        new PodTopologySpreadPlugin(),
        new InterPodAffinityPlugin(),
        new BalancedAllocationPlugin(),
        new ImageLocalityPlugin(),
    ]);
}
