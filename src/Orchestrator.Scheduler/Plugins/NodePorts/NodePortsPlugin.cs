using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Plugins.NodePorts;

/// <summary>A host port can be taken by one pod of a node only.</summary>
internal sealed class NodePortsPlugin : IFilterPlugin
{
    public string Name => "NodePorts";

    public Verdict Filter(SchedulingCycle cycle, NodeInfo node)
    {
        if (cycle.Pod.HostPorts.Count == 0)
            return Verdict.Pass;
        foreach (var pod in node.Pods)
        {
            foreach (var taken in pod.HostPorts)
            {
                foreach (var wanted in cycle.Pod.HostPorts)
                {
                    if (wanted.ConflictsWith(taken))
                        return Verdict.Reject("node(s) didn't have free ports for the requested pod ports");
                }
            }
        }

        return Verdict.Pass;
    }
}
